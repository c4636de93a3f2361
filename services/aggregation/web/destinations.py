"""Where did my line go: every cell of every table that it feeds, and the editions that printed it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from services.aggregation.domain.destinations import Printed, SynthesisCell, cells_fed, has_printed, syntheses_fed
from services.aggregation.domain.figures import major_units
from services.aggregation.domain.lineage import Cell, FiledLine, Span
from services.aggregation.domain.lineage_document import whose
from services.aggregation.domain.names import BY_LEVEL, Names
from services.aggregation.domain.scope import Level
from services.aggregation.domain.synthesis import SERVICES, SYNTHESIS
from services.aggregation.tables.destinations import editions_since, lines_of_submission
from services.aggregation.tables.lines import last_reported_periods
from services.aggregation.web.cell_links import WHY, query_of
from services.aggregation.web.doors import RoomDatabase, SignedIn
from services.aggregation.web.lineage import reader_of
from shared.described import problems
from shared.forms import FORMS, Form
from shared.network import Network
from shared.pages import Link
from shared.periods import Period
from shared.readings import read_network
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import not_found, page_context, pages_of

router = APIRouter()

LineNumber = Annotated[int, Query(ge=1, le=2**31 - 1, description="la ligne du fichier ; l’en-tête est la ligne 1")]


class FedCell(BaseModel):
    """A figure that the line is in; `lineage` tells all that makes it."""

    form: str
    period: str
    by: Level
    code: str
    member: str | None
    measure: str
    span: Span
    value: int | Decimal = Field(description="what the line brings to it")
    lineage: str


class FedSynthesis(BaseModel):
    """A figure of the national synthesis; a difference and its rate are fed by either of the figures compared."""

    period: str
    table: str
    column: str
    measure: str


class PrintedIn(BaseModel, from_attributes=True, populate_by_name=True):
    """An edition issued while the line's version stood."""

    number: str
    form: str
    period: str
    by: Level = Field(validation_alias="level")
    edition: int
    issued_on: date


class ShownDestinations(BaseModel):
    """A filed line, and where it goes; a line of a version that was replaced feeds nothing, and stays where it was
    printed."""

    submission: UUID
    version: int
    line: int
    form: str
    period: str
    platform: str
    member: str
    received_on: date
    standing: bool
    replaced_on: date | None
    values: dict[str, int | Decimal]
    cells: list[FedCell]
    syntheses: list[FedSynthesis]
    editions: list[PrintedIn]


@dataclass(frozen=True, slots=True)
class Destinations:
    """A line, and all that it feeds."""

    form: Form
    line: FiledLine
    cells: list[Cell]
    syntheses: list[SynthesisCell]
    editions: list[Printed]
    names: Names

    def value(self, cell: Cell) -> int | Decimal:
        return major_units(cell.of(self.line.figures), cell.measure.scale)

    @property
    def values(self) -> dict[str, int | Decimal]:
        figures = zip(self.form.measures, self.line.figures, strict=True)
        return {column.name: major_units(units, column.scale) for column, units in figures}


async def _destinations(work: Transaction, form: str, line: FiledLine, network: Network) -> Destinations:
    described, names = FORMS[form], Names(network, Period.parse(line.period).last_day)
    last = await last_reported_periods(work, [one.code for one in SERVICES])
    is_standing = line.replaced_on is None
    cells = list(cells_fed(described, line, last.get(form))) if is_standing else []
    newest = max(last.values(), default=Period.parse(line.period))
    syntheses = list(syntheses_fed(described, line, last.get(form), newest)) if is_standing else []
    editions = [one for one in await editions_since(work, form, line) if has_printed(one, described, line)]
    return Destinations(described, line, cells, syntheses, editions, names)


@router.get(
    "/api/v1/lineage/lines",
    tags=["lineage"],
    summary="Suivre une ligne déposée jusqu’aux tableaux",
    responses=problems(404),
)
async def get_destinations(
    database: RoomDatabase, viewer: SignedIn, submission: UUID, line: LineNumber
) -> ShownDestinations:
    """Every cell of every table, quarter and cumul, that the line feeds, and the editions that printed it.

    Read by the platform that filed it, the member in whose name it is, and the admin.
    """
    async with database.transaction(one_snapshot=True) as work:
        form, lines = await _filed(work, viewer, submission)
        found = _numbered(lines, line)
        return _shown(await _destinations(work, form, found, await read_network(work)))


async def _filed(work: Transaction, viewer: Viewer, submission: UUID) -> tuple[str, list[FiledLine]]:
    form, lines = await lines_of_submission(work, submission, reader_of(viewer))
    if not lines:
        raise not_found()
    return form, lines


def _numbered(lines: list[FiledLine], number: int) -> FiledLine:
    found = next((one for one in lines if one.line == number), None)
    if found is None:
        raise not_found()
    return found


def _shown(found: Destinations) -> ShownDestinations:
    line = found.line
    return ShownDestinations(
        submission=line.submission,
        version=line.version,
        line=line.line,
        form=found.form.code,
        period=line.period,
        platform=line.platform,
        member=line.member,
        received_on=line.received_on,
        standing=line.replaced_on is None,
        replaced_on=line.replaced_on,
        values=found.values,
        cells=[_fed(found, cell) for cell in found.cells],
        syntheses=[
            FedSynthesis(period=str(one.period), table=one.table, column=one.column, measure=one.measure.name)
            for one in found.syntheses
        ],
        editions=[PrintedIn.model_validate(one) for one in found.editions],
    )


def _fed(found: Destinations, cell: Cell) -> FedCell:
    scope = cell.scope
    return FedCell(
        form=scope.form.code,
        period=str(scope.period),
        by=scope.level,
        code=cell.code,
        member=cell.member,
        measure=cell.measure.name,
        span=cell.span,
        value=found.value(cell),
        lineage=f"/api/v1/lineage?{query_of(cell)}",
    )


@dataclass(frozen=True, slots=True)
class FedRow:
    """A row of a table on the page: whose it is, and a link for each figure that the line is in."""

    period: Period
    level: Level
    whose: str
    links: list[tuple[Span, str, int | Decimal, int, str]]


def _rows(found: Destinations) -> list[FedRow]:
    keyed = groupby(found.cells, key=lambda cell: (cell.scope.period, cell.scope.level, cell.code, cell.member))
    rows = []
    for (period, level, _, _), cells in keyed:
        listed = list(cells)
        links = [(one.span, one.measure.label, found.value(one), one.measure.scale, f"{WHY}?{query_of(one)}")
                 for one in listed]  # fmt: skip
        rows.append(FedRow(period, level, whose(listed[0], found.names), links))
    return rows


@router.get("/tableaux/ligne", include_in_schema=False)
async def line_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, submission: UUID, line: LineNumber | None = None
) -> HTMLResponse:
    """Where one line goes; without a number, the lines of the submission to choose from."""
    async with database.transaction(one_snapshot=True) as work:
        form, lines = await _filed(work, viewer, submission)
        network = await read_network(work)
        found = await _destinations(work, form, _numbered(lines, line), network) if line else None
    first = lines[0]
    title = "Où va cette ligne" if found else "Où vont ces lignes"
    return pages_of(request).render(
        request,
        "aggregation/line.html",
        **await page_context(request, database, viewer),
        form=FORMS[form],
        filed=found.line if found else first,
        lines=lines,
        found=found,
        rows=_rows(found) if found else [],
        syntheses=sorted({one.period for one in found.syntheses}) if found else [],
        names=Names(network, Period.parse(first.period).last_day),
        units=major_units,
        levels=BY_LEVEL,
        synthesis=SYNTHESIS,
        title=title,
        breadcrumb=(Link("Tableaux", "/tableaux"), Link(title)),
    )
