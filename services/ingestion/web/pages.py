"""The pages of submissions: send a file, see its verdict line by line."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.ingestion.domain import CODES
from services.ingestion.domain.verdict_told import SEVERITIES, told
from services.ingestion.domain.warnings import RULES
from services.ingestion.domain.warnings.words import LONGEST_WORD
from services.ingestion.tables.findings import counts_by_code
from services.ingestion.tables.receiving import receive
from services.ingestion.tables.sent import NO_FORM, spool
from services.ingestion.tables.submissions import Wanted, errors_of, find, list_submissions
from services.ingestion.tables.warnings import warnings_of
from services.ingestion.web.doors import (
    RoomDatabase,
    SignedIn,
    known_form,
    reception_of,
    sending_platform,
    sent_by,
    take_body,
)
from shared.database import Database
from shared.forms import FORMS
from shared.pages.words import Link, Paging
from shared.periods import Period
from shared.readings import NoRegistry, read_network, today
from shared.web import Problem, not_found, page_context, pages_of, settings_of

router = APIRouter(include_in_schema=False)

_PAGE = 50
_ERRORS = 200
_LAST_QUARTER = 4


@router.get("/depots")
async def list_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> HTMLResponse:
    async with database.transaction(viewer.sees) as work:
        total, submissions = await list_submissions(work, Wanted(), _PAGE, (page - 1) * _PAGE)
    context = await page_context(request, database, viewer)
    context |= {"submissions": submissions, "forms": FORMS, "paging": Paging(page, _PAGE, total)}
    context["form_choices"] = [(form.code, form.title) for form in FORMS.values()]
    context["period_choices"] = [(str(one), one.title) for one in await _open_periods(request, database)]
    return pages_of(request).render(request, "ingestion/list.html", **context)


async def _open_periods(request: Request, database: Database) -> list[Period]:
    """The quarters and years that can be reported today, the newest first."""
    async with database.transaction() as work:
        try:
            first = Period.parse((await read_network(work)).first_period)
        except NoRegistry:
            return []
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
    found: list[Period] = []
    period = Period.quarter_of(day).previous()
    while period >= first and len(found) < 40:
        found += [Period(period.year), period] if period.quarter == _LAST_QUARTER else [period]
        period = period.previous()
    return found


@router.post("/depots")
async def send_from_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    sending_platform(viewer)
    with spool() as spooled:
        file_name, fields = await take_body(request, spooled)
        sent = sent_by(
            viewer,
            form=known_form(fields.get("form", "")),
            period=fields.get("period", "")[:100],
            spooled=spooled,
            file_name=file_name,
            door="page",
            certified_by=_certifier(fields),
        )
        received = await receive(reception_of(request, database), sent)
    already = "" if received.is_new else "?deja=1"
    return RedirectResponse(f"/depots/{received.submission.id}{already}", status_code=303)


def _certifier(fields: Mapping[str, str]) -> str:
    if not (named := fields.get("certified_by", "").strip()):
        raise Problem(422, "Dites qui certifie ces chiffres : nom et fonction.", code="not_certified")
    return named[:200]


@router.get("/depots/{submission}")
async def verdict_page(
    request: Request,
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    deja: bool = False,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        shown = await errors_of(work, submission, (page - 1) * _ERRORS + 1, _ERRORS)
        warnings = await warnings_of(work, submission)
    paging = Paging(page, _ERRORS, found.error_count)
    context: dict[str, Any] = await page_context(request, database, viewer)
    counts = await counts_by_code(database, viewer.sees, submission) if found.error_count else {}
    context |= {"submission": found, "form": FORMS.get(found.form, NO_FORM), "paging": paging}
    context |= {"codes": CODES, "counts": counts}
    context |= {"shown": [told(error) for error in shown], "severities": SEVERITIES}
    context |= {"warnings": warnings, "rules": RULES, "longest": LONGEST_WORD}
    breadcrumb = [Link("Dépôts", "/depots"), Link(f"Dépôt n° {found.number}")]
    return pages_of(request).render(request, "ingestion/verdict.html", already=deja, breadcrumb=breadcrumb, **context)
