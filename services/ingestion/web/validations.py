"""Validations: what the verdict on a file would be; nothing is sent, nothing kept."""

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from services.ingestion.domain import Asked
from services.ingestion.domain.warnings import History, needed_history
from services.ingestion.tables.closings import is_closed
from services.ingestion.tables.sent import spool
from services.ingestion.tables.standing import history_of, others_lines
from services.ingestion.tables.validating import validate
from services.ingestion.web.doors import FILE_BODY, RoomDatabase, SignedIn, known_form, platform_asked, take_body
from services.ingestion.web.pressure import PRESSURE
from services.ingestion.web.verdict_model import ToldVerdict
from shared.database import Database
from shared.described import problems
from shared.network import Day, Network
from shared.periods import Period
from shared.readings import read_network, today
from shared.web import Problem, settings_of

router = APIRouter(prefix="/api/v1/validations", tags=["submissions"])


@router.post(
    "",
    summary="Vérifier un fichier sans le déposer",
    response_model=ToldVerdict,
    responses=problems(403, 404, 429),
    openapi_extra=FILE_BODY,
)
async def validate_file(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: Annotated[str, Query(max_length=100)],
    period: Annotated[str, Query(max_length=100)],
    platform: Annotated[str | None, Query(max_length=100)] = None,
    on: Day | None = None,
    history: bool = True,
    nil: bool = False,
) -> StreamingResponse:
    """The verdict as if the file were sent today, byte for byte as `pilotage validate --json` writes it.

    `platform` is for the admin; `on`, for the admin and in a simulation; with `history=false` no rule looks at anything
    but the file, the registry and the day.
    """
    known, asking = known_form(form), platform_asked(viewer, platform)
    if on and not (viewer.sees_all or settings_of(request).simulation):
        raise Problem(403, "Seul l’administrateur choisit le jour ; hors simulation, c’est aujourd’hui.")
    network, day = await registry_today(request, database)
    closed = await closed_on(database, asking, known.code, period, on or day)
    with PRESSURE.take(asking), spool() as spooled:
        await take_body(request, spooled)
        asked = Asked(known, period, asking, network, on or day, closed=closed, nil=nil)
        reading = partial(read_history, database, asked) if history else None
        validation = await validate(spooled.taken(), asked, reading)
    return StreamingResponse(validation.json_pieces(), media_type="application/json")


async def read_history(database: Database, asked: Asked) -> History:
    """The others' lines by the room's own view, the platform's past by its own."""
    needed = needed_history(asked.form, Period.parse(asked.period), asked.today)
    async with database.transaction() as work:
        others = await others_lines(work, asked.platform, needed)
    async with database.transaction(asked.platform) as work:
        return await history_of(work, asked.platform, needed, others)


async def registry_today(request: Request, database: Database) -> tuple[Network, date]:
    """The registry and the day against which it is judged."""
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        return await read_network(work), day


async def closed_on(database: Database, platform: str, form: str, period: str, day: date) -> bool:
    """Whether UESL has closed the period for that platform."""
    async with database.transaction(platform) as work:
        return await is_closed(work, platform, form, period, day)
