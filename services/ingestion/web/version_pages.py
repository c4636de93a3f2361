"""The pages of versions: what differs between two, and what a file would change before it is sent."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.ingestion.domain import Asked
from services.ingestion.domain.moves import LEVELS, Level
from services.ingestion.domain.verdict_told import SEVERITIES
from services.ingestion.tables.correcting import Correction, correct
from services.ingestion.tables.differing import TooDifferent
from services.ingestion.tables.sent import Bytes, spool
from services.ingestion.web.change_told import changes_told, told_delta
from services.ingestion.web.deposit import Told, Typed, Unanswered, deposits_page, tell_place
from services.ingestion.web.differences import compare, too_different
from services.ingestion.web.doors import RoomDatabase, SignedIn, sending_platform, take_body
from services.ingestion.web.pressure import PRESSURE
from services.ingestion.web.validations import closed_on, read_history, registry_today
from shared.database import Database
from shared.network import Network
from shared.pages.words import Link, Paging
from shared.periods import Period
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, Region, region_on
from shared.security import Viewer
from shared.web import page_context, pages_of

router = APIRouter(include_in_schema=False)

_CHANGES, _FINDINGS, _CHANGES_BEFOREHAND = 100, 50, 200
LEVEL_TITLES: dict[Level, str] = {
    "member": "Par CIL/CCI",
    "region": "Par région",
    "platform": "Par Plate-forme",
    "national": "Au niveau national",
}


@router.get("/depots/{submission}/difference")
async def difference_page(
    request: Request,
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    avec: UUID | None = None,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    found = await compare(database, viewer, submission, avec)
    context: dict[str, Any] = await page_context(request, database, viewer)
    some = found.difference.some((page - 1) * _CHANGES + 1, _CHANGES)
    context |= {"found": found, "form": found.form, "difference": found.difference}
    context |= {"changes": changes_told(found.form, found.difference, some)}
    context["paging"] = Paging(page, _CHANGES, found.difference.total)
    above = Link(f"Dépôt n° {found.after.number}", f"/depots/{submission}")
    context["breadcrumb"] = [Link("Dépôts", "/depots"), above, Link("Différences")]
    return pages_of(request).render(request, "ingestion/difference.html", **context)


@router.get("/depots/apercu")
async def lead_back(_: SignedIn) -> RedirectResponse:
    """A file looked at is not kept: there is nothing to come back to."""
    return RedirectResponse("/depots", status_code=303)


@router.post("/depots/apercu")
async def correction_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> HTMLResponse:
    """The verdict, the lines and the tables that would change; nothing is sent."""
    with PRESSURE.take(sending_platform(viewer)), spool() as spooled:
        file_name, fields = await take_body(request, spooled)
        typed, content = Typed.of(fields), spooled.taken()
        try:
            told = await tell_place(request, database, viewer, typed, file_name, content)
        except Unanswered as asked:
            return await deposits_page(request, database, viewer, typed=typed, errors=asked.errors)
        found, network = await _corrected(request, database, viewer, told, content)
    context: dict[str, Any] = await page_context(request, database, viewer)
    context |= {"found": found, "verdict": found.validation.verdict, "form": told.form, "file_name": file_name}
    context |= {"findings": list(islice(found.validation.findings(), _FINDINGS)), "severities": SEVERITIES}
    some = found.difference.some(1, _CHANGES_BEFOREHAND) if found.difference else []
    context["changes"] = changes_told(told.form, found.difference, some) if found.difference else []
    context |= {"tables": _tables(found, network), "told_delta": told_delta}
    context["breadcrumb"] = [Link("Dépôts", "/depots"), Link("Ce que ce fichier changerait")]
    return pages_of(request).render(request, "ingestion/correction.html", **context)


async def _corrected(
    request: Request, database: Database, viewer: Viewer, told: Told, content: Bytes
) -> tuple[Correction, Network]:
    network, day = await registry_today(request, database)
    platform = sending_platform(viewer)
    closed = await closed_on(database, platform, told.form.code, told.period, day)
    asked = Asked(told.form, told.period, platform, network, day, closed=closed)
    try:
        return await correct(database, content, asked, partial(read_history, database, asked)), network
    except TooDifferent:
        raise too_different() from None


Moved = tuple[str, str, Mapping[str, Decimal]]


def _tables(found: Correction, network: Network) -> list[tuple[str, list[Moved]]]:
    """Of each level that moves: the names and codes of its rows, and their measures that move."""
    if found.deltas is None:
        return []
    names = _Names(network, found.quarters[0])
    tables = []
    for level in LEVELS:
        rows = [
            (names.of(level, place.code), place.code, measures)
            for place, measures in found.deltas.items()
            if place.level == level
        ]
        tables += [(LEVEL_TITLES[level], rows)] if rows else []
    return tables


class _Names:
    """As the registry has them at the quarter's end."""

    def __init__(self, network: Network, period: Period) -> None:
        self._network = network
        self._regions = {region.code: region.name for region in _regions_on(period)}

    def of(self, level: Level, code: str) -> str:
        if level == "national":
            return "Total national"
        if level == "region":
            return self._regions.get(code, code)
        known = self._network.member(code) if level == "member" else self._network.platform(code)
        return known.name if known else code


def _regions_on(period: Period) -> list[Region]:
    found = []
    for department in sorted(DEPARTMENTS):
        try:
            found.append(region_on(department, period.last_day))
        except NoRegionOnThatDay:
            continue
    return found
