"""The ladder of reminders: read by whoever is signed in, set by UESL for due days from a day on."""

import re
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from services.compliance.domain.deciding import NotToBeDecided, check_reason
from services.compliance.domain.ladders import LEVELS, USUAL, faults_of
from services.compliance.tables.extensions import Decision
from services.compliance.tables.ladders import keep_ladder, known_ladders, set_ladders, steps_of
from services.compliance.web.doors import RoomDatabase, SignedIn, Uesl
from services.compliance.web.recording import recorded_at
from shared.database import Database
from shared.network import Day as IsoDay
from shared.pages.words import FieldError, Link
from shared.readings import today
from shared.security import Viewer
from shared.web import Problem, page_context, pages_of, settings_of

router = APIRouter(tags=["obligations"])
PAGE = "/echeances/echelle"
_NUMBERS = re.compile(r"[-−]?[0-9]{1,4}", re.ASCII)


class LadderWanted(BaseModel):
    """Days from the due day (before it: negative), each with its level from 1 to 3; for due days from a day on."""

    valid_from: IsoDay
    steps: dict[int, int]
    reason: str = Field(max_length=2000)


class ShownLadder(BaseModel):
    """A ladder that was set; before any, that of the exchange format holds."""

    valid_from: date
    steps: dict[int, int]
    reason: str
    decided_by: str
    decided_at: datetime


@router.get("/api/v1/ladders", summary="Lire les échelles de rappels")
async def get_ladders(database: RoomDatabase, _: SignedIn) -> list[ShownLadder]:
    """In the order in which they were set; of those that hold on a due day, the latest to begin, then the last set."""
    async with database.transaction() as work:
        rows = await set_ladders(work)
    return [
        ShownLadder(
            valid_from=row.valid_from,
            steps=steps_of(row),
            reason=row.reason,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


@router.post("/api/v1/ladders", status_code=204, summary="Fixer l’échelle de rappels")
async def post_ladder(request: Request, database: RoomDatabase, viewer: Uesl, wanted: LadderWanted) -> None:
    """The day's work of the next day is the first to follow it."""
    try:
        await _set(request, database, viewer, wanted)
    except NotToBeDecided as error:
        raise Problem(422, str(error), code="not_to_be_decided") from error


async def _set(request: Request, database: Database, viewer: Viewer, wanted: LadderWanted) -> None:
    faults = check_reason(wanted.reason) + [("steps", fault) for fault in faults_of(wanted.steps)]
    if faults:
        raise NotToBeDecided(faults)
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        decision = Decision(viewer.name, await recorded_at(request, work), wanted.reason.strip())
        await keep_ladder(work, wanted.valid_from, wanted.steps, decision, day)


@router.get(PAGE, include_in_schema=False)
async def ladder_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The ladder of today's due days, those that were set, and for UESL the form to set another."""
    return await _page(request, database, viewer)


async def _page(
    request: Request,
    database: Database,
    viewer: Viewer,
    errors: tuple[FieldError, ...] = (),
    typed: dict[str, str] | None = None,
) -> Response:
    async with database.transaction() as work:
        rows = await set_ladders(work)
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        ladder = (await known_ladders(work)).at(day)
    told = {level: [d for d, of in sorted(ladder.steps.items()) if of == level] for level in LEVELS}
    written = {f"level{level}": " ".join(map(str, days)) for level, days in told.items()}
    return pages_of(request).render(
        request,
        "compliance/ladder.html",
        422 if errors else 200,
        day=day,
        ladder=ladder,
        is_usual=ladder is USUAL,
        told=told,
        levels=LEVELS,
        rows=[(row, steps_of(row)) for row in rows],
        typed=typed or written,
        errors=errors,
        breadcrumb=(Link("Échéances", "/echeances"), Link("Échelle des rappels")),
        **await page_context(request, database, viewer),
    )


@router.post(PAGE, include_in_schema=False)
async def set_by_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    valid_from: Annotated[str, Form(max_length=20)] = "",
    level1: Annotated[str, Form(max_length=500)] = "",
    level2: Annotated[str, Form(max_length=500)] = "",
    level3: Annotated[str, Form(max_length=500)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Comes back with what is wrong, or with the ladder in its list."""
    typed = {"valid_from": valid_from, "level1": level1, "level2": level2, "level3": level3, "reason": reason}
    try:
        await _set(request, database, viewer, _typed(typed))
    except NotToBeDecided as error:
        faults = tuple(FieldError("level1" if at == "steps" else at, said) for at, said in error.faults)
        return await _page(request, database, viewer, faults, typed)
    return RedirectResponse(PAGE, status_code=303)


def _typed(typed: dict[str, str]) -> LadderWanted:
    try:
        valid_from = date.fromisoformat(typed["valid_from"])
    except ValueError:
        raise NotToBeDecided([("valid_from", "Le premier jour d’échéance manque.")]) from None
    steps: dict[int, int] = {}
    for level in LEVELS:
        for word in typed[f"level{level}"].replace(",", " ").split():
            if not _NUMBERS.fullmatch(word):
                raise NotToBeDecided([(f"level{level}", f"« {word[:20]} » n’est pas un nombre de jours.")])
            day = int(word.replace("−", "-"))
            if day in steps:
                raise NotToBeDecided([(f"level{level}", f"Le jour {day} est donné deux fois.")])
            steps[day] = level
    return LadderWanted(valid_from=valid_from, steps=steps, reason=typed["reason"])
