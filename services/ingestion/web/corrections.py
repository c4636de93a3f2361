"""Corrections looked at beforehand: what would come of a file if it were sent; nothing is sent, nothing kept."""

from functools import partial
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.ingestion.domain import Asked
from services.ingestion.tables.correcting import Correction, correct
from services.ingestion.tables.differing import TooDifferent
from services.ingestion.tables.sent import spool
from services.ingestion.web.differences import told_difference, too_different
from services.ingestion.web.doors import FILE_BODY, RoomDatabase, SignedIn, known_form, platform_asked, take_body
from services.ingestion.web.pressure import PRESSURE
from services.ingestion.web.validations import closed_on, read_history, registry_today
from services.ingestion.web.verdict_model import ToldFinding, ToldVerdict
from services.ingestion.web.version_model import ToldCorrection, ToldMove, told_version
from services.ingestion.web.versions import MOST_AT_ONCE
from shared.described import problems
from shared.forms import FORMS

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])


@router.post(
    "/preview",
    summary="Voir ce qu’un fichier changerait, sans le déposer",
    responses=problems(403, 404, 429),
    openapi_extra=FILE_BODY,
)
async def preview(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: Annotated[str, Query(max_length=100)],
    period: Annotated[str, Query(max_length=100)],
    platform: Annotated[str | None, Query(max_length=100)] = None,
    nil: bool = False,
) -> ToldCorrection:
    """The verdict, the lines that would change against the standing version, and by how much which tables would move.

    The first 1,000 findings and changes are told; `platform` is for the admin.
    """
    known, asking = known_form(form), platform_asked(viewer, platform)
    network, day = await registry_today(request, database)
    closed = await closed_on(database, asking, known.code, period, day)
    with PRESSURE.take(asking), spool() as spooled:
        await take_body(request, spooled)
        asked = Asked(known, period, asking, network, day, closed=closed, nil=nil)
        try:
            found = await correct(database, spooled.taken(), asked, partial(read_history, database, asked))
        except TooDifferent:
            raise too_different() from None
    return told_correction(found)


def told_correction(found: Correction) -> ToldCorrection:
    difference = None
    if found.difference:
        form = FORMS[found.validation.verdict.form]
        difference = told_difference(form, found.difference, (found.against, None), 1, MOST_AT_ONCE)
    moves = found.moves()
    return ToldCorrection(
        verdict=_verdict(found),
        against=found.against and told_version(found.against, stands=True),
        is_standing=found.is_standing,
        difference=difference,
        moves=None if moves is None else [ToldMove.model_validate(move) for move in moves],
    )


def _verdict(found: Correction) -> ToldVerdict:
    findings = islice(found.validation.findings(), MOST_AT_ONCE)
    head = found.validation.verdict.head()
    return ToldVerdict(**head, findings=[ToldFinding.model_validate(finding) for finding in findings])
