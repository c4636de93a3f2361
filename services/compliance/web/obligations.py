"""What each platform owes and how it stands: JSON, CSV and the page of deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel

from services.compliance.domain.obligations import Obligation, State, obligations_on
from services.compliance.domain.standing import Standing, standings
from services.compliance.tables.arrivals import arrived, known_arrivals
from services.compliance.tables.extensions import due_days
from services.compliance.web.doors import RoomDatabase, SignedIn
from shared.clock import Clock
from shared.database import Database
from shared.described import files
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.readings import read_network, today
from shared.report.csv import stream_csv
from shared.security import Viewer
from shared.web import page_context, pages_of, settings_of

router = APIRouter(tags=["obligations"])

_COLUMNS = ("platform", "form", "period", "due", "first_accepted", "state")
AnyYear = Annotated[int | None, Query(ge=1000, le=2999)]


class ShownObligation(BaseModel):
    """An obligation and its state today.

    `due` is the day that holds, `ordinary_due` the form's own where UESL has extended it; `complete`: every expected
    member has a line in the standing version, null where no line per member is owed.
    """

    platform: str
    form: str
    period: str
    due: date
    first_accepted: date | None
    state: State
    ordinary_due: date
    versions: int
    corrected: bool
    to_confirm: bool
    complete: bool | None
    missing_members: list[str] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer may see: a platform its own obligations, UESL all; a member owes nothing."""

    network: Network
    day: date
    standings: Sequence[Standing]


async def read_standings(request: Request, database: Database, viewer: Viewer, year: int | None = None) -> Seen:
    """Everything owed up to today, or for the periods of a year."""
    clock: Clock = request.app.state.clock
    async with database.transaction(viewer.sees) as work:
        network, days = await read_network(work), await due_days(work)
        day = await today(work, settings_of(request).simulation, clock)
        there = await arrived(work, year)
    first = {owed: one.first_accepted for owed, one in there.items()}
    owed = [one for one in obligations_on(network, first, day, days, year) if _may_see(viewer, one)]
    return Seen(network, day, list(standings(network, owed, there)))


def _may_see(viewer: Viewer, one: Obligation) -> bool:
    return viewer.sees_all or one.platform == viewer.platform


def shown(standing: Standing, day: date) -> ShownObligation:
    one = standing.obligation
    missing = standing.missing_members
    return ShownObligation(
        platform=one.platform,
        form=one.form,
        period=one.period,
        due=one.due,
        first_accepted=one.first_accepted,
        state=one.state_on(day),
        ordinary_due=FORMS[one.form].due(Period.parse(one.period)),
        versions=standing.arrived.versions if standing.arrived else 0,
        corrected=standing.is_corrected,
        to_confirm=standing.to_confirm,
        complete=standing.is_complete,
        missing_members=None if missing is None else list(missing),
    )


@router.get(
    "/api/v1/obligations",
    response_model=list[ShownObligation],
    summary="Lister les obligations et leur état",
    responses=files("text/csv"),
)
async def get_obligations(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    format: Literal["json", "csv"] = "json",
    year: AnyYear = None,
) -> list[ShownObligation] | Response:
    """Every obligation up to today, computed from the forms, the registry and the calendar."""
    seen = await read_standings(request, database, viewer, year)
    if format == "json":
        return [shown(one, seen.day) for one in seen.standings]
    return PlainTextResponse(_csv(seen), media_type="text/csv; charset=utf-8")


def _csv(seen: Seen) -> bytes:
    rows = ([getattr(shown(one, seen.day), name) for name in _COLUMNS] for one in seen.standings)
    return b"".join(stream_csv(_COLUMNS, rows))


@router.get("/echeances", include_in_schema=False)
async def deadlines_page(request: Request, database: RoomDatabase, viewer: SignedIn, annee: int = 0) -> HTMLResponse:
    """The matrix platforms × periods, form by form, for one year; and whatever is still awaited."""
    network, late, day = await _still_late(request, database, viewer)
    first = Period.parse(network.first_period).year
    years = list(range(day.year, first - 1, -1))
    seen = await read_standings(request, database, viewer, annee if annee in years else day.year)
    if annee not in years and not seen.standings and day.year > first:
        annee = day.year - 1
        seen = await read_standings(request, database, viewer, annee)
    year = annee if annee in years else day.year
    matrices = [_matrix(network, form, [s for s in seen.standings if s.obligation.form == form], day) for form in FORMS]
    context = await page_context(request, database, viewer)
    return pages_of(request).render(
        request, "compliance/deadlines.html", matrices=matrices, years=years, year=year, late=late, day=day, **context
    )


async def _still_late(
    request: Request, database: Database, viewer: Viewer
) -> tuple[Network, list[dict[str, object]], date]:
    async with database.transaction(viewer.sees) as work:
        network, days = await read_network(work), await due_days(work)
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        owed = obligations_on(network, await known_arrivals(work), day, days)
    missing = [one for one in owed if one.state_on(day) == "missing" and _may_see(viewer, one)]
    return network, [_named(network, one, day) for one in missing], day


def _matrix(network: Network, form: str, owed: Sequence[Standing], day: date) -> dict[str, Any]:
    periods = sorted({one.obligation.period for one in owed}, key=lambda period: Period.parse(period).last_day)
    cells = {(one.obligation.platform, one.obligation.period): shown(one, day) for one in owed}
    there = {platform for platform, _ in cells}
    platforms = [platform for platform in network.platforms if platform.code in there]
    rows = [
        {"platform": platform, "cells": [cells.get((platform.code, period)) for period in periods]}
        for platform in platforms
    ]
    known = FORMS[form]
    return {"form": known, "periods": [(Period.parse(p), known.due(Period.parse(p))) for p in periods], "rows": rows}


def _named(network: Network, obligation: Obligation, day: date) -> dict[str, object]:
    platform = network.platform(obligation.platform)
    return {
        "platform": platform,
        "form": FORMS[obligation.form],
        "period": Period.parse(obligation.period),
        "due": obligation.due,
        "days_late": obligation.step_on(day),
    }
