"""How much each quarter moved after its deadline: the revision triangle, as a route, files and a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from services.aggregation.domain.names import Names
from services.aggregation.domain.revisions import Expected, Revision, revisions_of
from services.aggregation.domain.revisions_document import figures_of, revisions_document
from services.aggregation.tables.arrivals import due_days_of
from services.aggregation.tables.lines import last_reported_periods
from services.aggregation.tables.revisions import filed_totals
from services.aggregation.web.asked import QUARTERLY, form_of
from services.aggregation.web.doors import RoomDatabase, SignedIn
from shared.clock import Clock
from shared.described import files, problems
from shared.files import CSV, XLSX, document_response, file_response
from shared.forms import Form
from shared.network import Network
from shared.pages import Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.report import Cell, Document
from shared.report.csv import stream_csv
from shared.transaction import Transaction
from shared.web import page_context, pages_of, settings_of

router = APIRouter()

_HEADER = ("form", "period", "platform", "measure", "due", "versions", "at_deadline", "after_30_days", "now",
           "first_difference", "first_rate", "second_difference", "second_rate",
           "whole_difference", "whole_rate")  # fmt: skip
Year = Annotated[int, Query(ge=1000, le=2999)]
Figure = int | Decimal | None
Rate = Decimal | Literal["sans objet"] | None


class ShownRevision(BaseModel):
    """A measure of a platform's quarter, or of all (`FR`), at its deadline, 30 days later and now; then what moved.

    null: nothing had been received, or the day is still to come. `first` is from the deadline to 30 days later,
    `second` from there to now, `whole` both; rates are in per cent, to the nearest tenth, « sans objet » from zero.
    """

    form: str
    period: str
    platform: str
    measure: str
    due: date
    versions: int
    at_deadline: Figure
    after_30_days: Figure
    now: Figure
    first_difference: Figure
    first_rate: Rate
    second_difference: Figure
    second_rate: Rate
    whole_difference: Figure
    whole_rate: Rate


@dataclass(frozen=True, slots=True)
class _Asked:
    form: Form
    year: int
    revisions: list[Revision]
    document: Document


async def _stand(work: Transaction, request: Request, network: Network, form: Form, year: int) -> _Asked:
    clock: Clock = request.app.state.clock
    day = await today(work, settings_of(request).simulation, clock)
    expected = await _expected(work, network, form, year)
    found = list(revisions_of(form, year, await filed_totals(work, form.code, year), day, expected))
    names = Names(network, Period(year).last_day)
    return _Asked(form, year, found, revisions_document(form, year, found, names, day))


async def _expected(work: Transaction, network: Network, form: Form, year: int) -> Expected:
    quarters, first = [Period(year, quarter) for quarter in (1, 2, 3, 4)], Period.parse(network.first_period)
    owing = {
        period: [one.code for one in network.platforms if network.owes(one.code, form, period)]
        for period in quarters
        if period >= first
    }
    return Expected(owing, await due_days_of(work, form.code, list(map(str, quarters))))


@router.get(
    "/api/v1/revisions",
    tags=["lineage"],
    response_model=list[ShownRevision],
    summary="Lire les révisions des trimestres d’une année",
    responses={**files("text/csv", XLSX, "application/pdf"), **problems(404)},
)
async def get_revisions(
    request: Request,
    database: RoomDatabase,
    _: SignedIn,
    form: str,
    year: Year,
    format: Literal["json", "csv", "xlsx", "pdf"] = "json",
) -> list[ShownRevision] | Response:
    """By quarter, platform and measure: what was known at the deadline, 30 days later and now, and what moved."""
    described = form_of(form)
    async with database.transaction(one_snapshot=True) as work:
        asked = await _stand(work, request, await read_network(work), described, year)
    if format == "json":
        return [ShownRevision(**dict(zip(_HEADER, row, strict=True))) for row in _rows(asked)]
    name = f"revisions-{form}-{year}"
    if format == "csv":
        return file_response(b"".join(stream_csv(_HEADER, _rows(asked))), CSV, f"{name}.csv")
    return await document_response(asked.document, name, format)


def _rows(asked: _Asked) -> Iterator[list[Cell]]:
    form = asked.form
    for one in asked.revisions:
        head = (form.code, str(one.period), one.platform)
        for place, measure in enumerate(form.measures):
            figures = figures_of(one, place, measure.scale)
            yield [*head, measure.name, one.due, one.versions, *figures]


@router.get("/revisions", include_in_schema=False)
async def revisions_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: str = QUARTERLY[0].code,
    year: Annotated[int | None, Query(ge=1000, le=2999)] = None,
) -> HTMLResponse:
    """By default of the last year reported."""
    described = form_of(form)
    async with database.transaction(one_snapshot=True) as work:
        network = await read_network(work)
        first = Period.parse(network.first_period)
        last = (await last_reported_periods(work, [form])).get(form) or first
        asked = await _stand(work, request, network, described, year or last.year)
    years = range(max(last.year, asked.year), min(first.year, asked.year) - 1, -1)
    return pages_of(request).render(
        request,
        "aggregation/revisions.html",
        **await page_context(request, database, viewer),
        form=described,
        year=asked.year,
        document=asked.document,
        has_any=bool(asked.revisions),
        forms=[(known.code, known.title) for known in QUARTERLY],
        years=[(one, str(one)) for one in years],
        breadcrumb=(Link("Tableaux", "/tableaux"), Link("Révisions")),
    )
