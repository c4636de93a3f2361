"""What each platform owes and how it stands: JSON, CSV and the page of deadlines."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel

from services.compliance.domain.obligations import Obligation, State, obligations_on
from services.compliance.tables.arrivals import known_arrivals
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


class ShownObligation(BaseModel):
    """An obligation and its state today."""

    platform: str
    form: str
    period: str
    due: date
    first_accepted: date | None
    state: State


async def _read(request: Request, database: Database, viewer: Viewer) -> tuple[Network, date, list[Obligation]]:
    """The network, today, and what the viewer may see: a platform its own, the admin all, a member owes nothing."""
    clock: Clock = request.app.state.clock
    async with database.transaction(viewer.sees) as work:
        network = await read_network(work)
        day = await today(work, settings_of(request).simulation, clock)
        owed = obligations_on(network, await known_arrivals(work), day, await due_days(work))
    return network, day, [one for one in owed if viewer.is_admin or one.platform == viewer.platform]


def _shown(obligation: Obligation, day: date) -> ShownObligation:
    platform, form, period = obligation.owed
    state = obligation.state_on(day)
    return ShownObligation(
        platform=platform,
        form=form,
        period=period,
        due=obligation.due,
        first_accepted=obligation.first_accepted,
        state=state,
    )


@router.get(
    "/api/v1/obligations",
    response_model=list[ShownObligation],
    summary="Lister les obligations et leur état",
    responses=files("text/csv"),
)
async def get_obligations(
    request: Request, database: RoomDatabase, viewer: SignedIn, format: Literal["json", "csv"] = "json"
) -> list[ShownObligation] | Response:
    """Every obligation up to today, computed from the forms, the registry and the calendar."""
    _, day, owed = await _read(request, database, viewer)
    shown = [_shown(obligation, day) for obligation in owed]
    return shown if format == "json" else PlainTextResponse(_csv(shown), media_type="text/csv; charset=utf-8")


def _csv(shown: list[ShownObligation]) -> bytes:
    return b"".join(stream_csv(_COLUMNS, ([getattr(one, name) for name in _COLUMNS] for one in shown)))


@router.get("/echeances", include_in_schema=False)
async def deadlines_page(request: Request, database: RoomDatabase, viewer: SignedIn, annee: int = 0) -> HTMLResponse:
    """The matrix platforms × periods, form by form, for one year."""
    network, day, owed = await _read(request, database, viewer)
    years = sorted({Period.parse(one.period).year for one in owed}, reverse=True)
    year = annee if annee in years else (years[0] if years else day.year)
    chosen = [one for one in owed if Period.parse(one.period).year == year]
    matrices = [_matrix(network, form, [one for one in chosen if one.form == form], day) for form in FORMS]
    context = await page_context(request, database, viewer)
    late = [_named(network, one, day) for one in owed if one.state_on(day) == "missing"]
    return pages_of(request).render(
        request, "compliance/deadlines.html", matrices=matrices, years=years, year=year, late=late, day=day, **context
    )


def _matrix(network: Network, form: str, owed: list[Obligation], day: date) -> dict[str, object]:
    periods = sorted({(one.period, one.due) for one in owed})
    cells = {(one.platform, one.period): _shown(one, day) for one in owed}
    platforms = [platform for platform in network.platforms if any(key[0] == platform.code for key in cells)]
    rows = [
        {"platform": platform, "cells": [cells.get((platform.code, period)) for period, _ in periods]}
        for platform in platforms
    ]
    return {"form": FORMS[form], "periods": [(Period.parse(p), due) for p, due in periods], "rows": rows}


def _named(network: Network, obligation: Obligation, day: date) -> dict[str, object]:
    platform = network.platform(obligation.platform)
    return {
        "platform": platform,
        "form": FORMS[obligation.form],
        "period": Period.parse(obligation.period),
        "due": obligation.due,
        "days_late": obligation.step_on(day),
    }
