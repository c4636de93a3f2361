"""Positioning sheets as they stand: route and page."""

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from pydantic import BaseModel

from services.aggregation.domain.positioning.groups import LEAST_CHOSEN, TooFewChosen, UnknownChosen, chosen_codes
from services.aggregation.domain.positioning.long_rows import HEADER, long_rows
from services.aggregation.domain.positioning.service import SheetLevel, services_of, years_needed
from services.aggregation.domain.positioning.sheet import Sheet, Sheets, Subject
from services.aggregation.domain.positioning.sheet_document import sheet_document
from services.aggregation.domain.synthesis import SERVICES
from services.aggregation.tables.lines import last_reported_periods, read_year
from services.aggregation.web.asked import offered_periods, period_of
from services.aggregation.web.doors import RoomDatabase, SignedIn
from shared.clock import Clock
from shared.described import files
from shared.files import CSV, XLSX, document_response, file_response
from shared.network import Network
from shared.pages import Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.report import DrawnDocument, french
from shared.report.csv import stream_csv
from shared.report.drawing import figure_of
from shared.report.french import typeset
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found, page_context, pages_of, settings_of

router = APIRouter()

_Code = Annotated[str, Query(max_length=100)]


class ShownPosition(BaseModel):
    """One value of the sheet; a ratio names what is divided by what. No value: nothing was declared."""

    form: str
    period: str
    indicator: str
    numerator: str
    denominator: str | None
    group: str
    statistic: str
    value: int | Decimal | str | None


class ShownSheet(BaseModel):
    """`complete` where no line of the quarter is missing: then each rank is one."""

    level: SheetLevel
    code: str
    period: str
    complete: bool
    positions: list[ShownPosition]
    document: DrawnDocument


class Wanted:
    """With whom to compare, and whether to leave out the ends of a distribution."""

    def __init__(
        self,
        groupe: Annotated[
            str, Query(max_length=5000, description="au moins cinq codes, séparés par des virgules")
        ] = "",
        ecretage: Annotated[bool, Query(description="quartiles sans les 5 % les plus bas et les plus hauts")] = False,
    ) -> None:
        self.groupe, self.ecretage = groupe, ecretage


@dataclass(frozen=True, slots=True)
class _Asked:
    network: Network
    day: date
    sheet: Sheet
    document: DrawnDocument


async def _stand(work: Transaction, request: Request, subject: Subject, period: str | None, wanted: Wanted) -> _Asked:
    """The quarter asked for, or the last that anybody reported; 404 for somebody unknown."""
    network, day = await _network_and_day(work, request)
    asked = period_of(network, period or str(await _last_period(work, network)))
    years = {key: await read_year(work, *key) for key in years_needed(asked)}
    services = services_of(asked, years, network)
    sheets = Sheets(services, _chosen(network, subject.level, wanted.groupe), trimmed=wanted.ecretage)
    if not _is_known(network, subject) and subject not in sheets.subjects():
        raise not_found()
    sheet = sheets.sheet(subject)
    return _Asked(network, day, sheet, sheet_document(sheet, f"situation au {french.day(day)}", day))


async def _network_and_day(work: Transaction, request: Request) -> tuple[Network, date]:
    clock: Clock = request.app.state.clock
    return await read_network(work), await today(work, settings_of(request).simulation, clock)


async def _last_period(work: Transaction, network: Network) -> Period:
    last = (await last_reported_periods(work, [form.code for form in SERVICES])).values()
    return max(last, default=Period.parse(network.first_period))


def _is_known(network: Network, subject: Subject) -> bool:
    find = network.member if subject.level == "member" else network.platform
    return find(subject.code) is not None


def _chosen(network: Network, level: SheetLevel, text: str) -> tuple[str, ...]:
    try:
        return chosen_codes(network, level, text)
    except TooFewChosen:
        told = f"Un groupe choisi compte au moins {LEAST_CHOSEN} codes différents, séparés par des virgules."
        raise Problem(422, told, code="too_few_chosen") from None
    except UnknownChosen as unknown:
        who = "CIL/CCI" if level == "member" else "Plate-forme"
        told = typeset(f"Aucun {who} de l’annuaire n’a le code « {french.shorten(unknown.code, 40)} ».")
        raise Problem(422, told.replace("Aucun Plate", "Aucune Plate"), code="unknown_chosen") from None


@router.get(
    "/api/v1/positioning/{level}/{code}",
    tags=["positioning"],
    response_model=ShownSheet,
    summary="Lire une fiche de positionnement",
    responses=files("text/csv", XLSX, "application/pdf"),
)
async def get_positioning(
    request: Request,
    database: RoomDatabase,
    _: SignedIn,
    level: SheetLevel,
    code: str,
    wanted: Annotated[Wanted, Depends()],
    period: str | None = None,
    format: Literal["json", "csv", "xlsx", "pdf"] = "json",
) -> ShownSheet | Response:
    """A member's or a Plate-forme's quarter beside its past, its groups, the network; the last reported by default."""
    async with database.transaction(one_snapshot=True) as work:
        asked = await _stand(work, request, Subject(level, code), period, wanted)
    sheet, rows = asked.sheet, long_rows(asked.sheet)
    name = f"positionnement-{sheet.period}-{code}"
    if format == "csv":
        return file_response(b"".join(stream_csv(HEADER, rows)), CSV, f"{name}.csv")
    if format != "json":
        return await document_response(asked.document, name, format)
    shown = [ShownPosition(**row._asdict()) for row in rows]
    whose = {"level": level, "code": code, "period": str(sheet.period), "complete": sheet.is_complete}
    return ShownSheet(**whose, positions=shown, document=asked.document)


def own_subject(viewer: Viewer) -> Subject | None:
    """Whose sheet a viewer sees unless another is asked for; UESL has none."""
    if viewer.member:
        return Subject("member", viewer.member)
    return Subject("platform", viewer.platform) if viewer.platform else None


@router.get("/positionnement", include_in_schema=False)
async def choose_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, whose: Annotated[str, Query(alias="de")] = ""
) -> Response:
    """Leads to the sheet chosen, or to the viewer's own; UESL, which has none, chooses."""
    address = whose or "/".join(own_subject(viewer) or ())
    if address:
        level, _, code = address.partition("/")
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "de" and value]
        return RedirectResponse(f"/positionnement/{quote(level)}/{quote(code, safe='')}?{urlencode(kept)}", 303)
    async with database.transaction(one_snapshot=True) as work:
        network, day = await _network_and_day(work, request)
        period = await _last_period(work, network)
    choices = _choices(network, day, period)
    context = {**await page_context(request, database, viewer), **choices, "document": None, "sheet": None}
    return pages_of(request).render(request, "aggregation/positioning.html", **context, figures={})


@router.get("/positionnement/{level}/{code}", include_in_schema=False)
async def positioning_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    level: SheetLevel,
    code: str,
    wanted: Annotated[Wanted, Depends()],
    period: str | None = None,
) -> HTMLResponse:
    """A sheet, and the way to those of all others."""
    async with database.transaction(one_snapshot=True) as work:
        asked = await _stand(work, request, Subject(level, code), period, wanted)
    return pages_of(request).render(
        request,
        "aggregation/positioning.html",
        **await page_context(request, database, viewer),
        **_choices(asked.network, asked.day, asked.sheet.period, asked.sheet.subject, wanted),
        sheet=asked.sheet,
        document=asked.document,
        figures=await drawn(asked.document),
        address=f"/api/v1/positioning/{level}/{quote(code, safe='')}?{_query(asked.sheet.period, wanted)}&format=",
        breadcrumb=(Link("Positionnement", "/positionnement"), Link(code)),
    )


def _query(period: Period, wanted: Wanted) -> str:
    more = {"groupe": wanted.groupe} if wanted.groupe else {}
    return urlencode({"period": str(period), **more, **({"ecretage": "true"} if wanted.ecretage else {})})


def _choices(
    network: Network, day: date, period: Period, subject: Subject | None = None, wanted: Wanted | None = None
) -> dict[str, Any]:
    """What the page offers: everybody, every quarter."""
    platforms = [(f"platform/{one.code}", f"{one.name} ({one.code})") for one in network.platforms]
    members = [(f"member/{one.code}", f"{one.name} ({one.code})") for one in network.members]
    return {
        "everybody": [*platforms, *sorted(members, key=lambda one: french.sort_key(one[1]))],
        "whose": "/".join(subject or ()),
        "periods": [(str(one), one.title) for one in offered_periods(network, day, period)],
        "period": str(period),
        "wanted": wanted,
    }


async def drawn(document: DrawnDocument) -> dict[str, list[Markup]]:
    """The document's charts by the table that they draw; made in a thread, for drawing takes its time."""
    found: dict[str, list[Markup]] = {}
    for chart in document.charts:
        found.setdefault(chart.table, []).append(await asyncio.to_thread(figure_of, document, chart))
    return found
