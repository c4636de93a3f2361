"""Every cell of every table of a golden network, and of editions issued of it: its lines come to what is printed."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from services.aggregation.domain.content import Content
from services.aggregation.domain.figures import major_units
from services.aggregation.domain.lineage import Cell, QuarterSums, summed
from services.aggregation.domain.printed_cells import (
    PrintedCell,
    PrintedCells,
    cells_of_changes,
    cells_of_synthesis,
    cells_of_synthesis_changes,
    cells_of_table,
)
from services.aggregation.domain.scope import LEVELS, Scope
from services.aggregation.domain.synthesis import SERVICES, SYNTHESIS, synthesis_of, years_needed
from services.aggregation.domain.synthesis_document import synthesis_document
from services.aggregation.handlers.restitutions import issue_restitutions
from services.aggregation.tables.editions import find_edition, list_editions
from services.aggregation.tables.lineage import IssuedContent, issued_content, quarter_sums, running_quarters
from services.aggregation.tables.lines import read_year
from services.aggregation.web.current import current_table
from shared.database import Database
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.report import Document, Kind, Table
from shared.transaction import Transaction
from tests.aggregation.conftest import empty
from tests.aggregation.submissions import golden_events, network_of
from tests.aggregation.test_editions import fold, put_registry

pytestmark = pytest.mark.infra

GOLDEN = "network-2005"
PERIODS = [Period(year, quarter) for year in (2005, 2006) for quarter in (1, 2, 3, 4)]
DAY = date(2007, 3, 1)
ISSUED = (date(2005, 5, 1), date(2005, 5, 9), date(2006, 1, 31), date(2006, 2, 6))


@pytest.fixture(scope="module")
async def filled(any_database: Database) -> Database:
    """All accepted files, and some issues on the way."""
    await empty(any_database)
    async with any_database.transaction() as work:
        await put_registry(work, network_of(GOLDEN), version=78)
    await fold(any_database, *golden_events(GOLDEN))
    for day in ISSUED:
        async with any_database.transaction() as work:
            await issue_restitutions(work, day)
    return any_database


@pytest.fixture
async def work(filled: Database) -> AsyncIterator[Transaction]:
    async with filled.transaction(one_snapshot=True) as work:
        yield work


class Sums:
    """What the lines of a row come to, by quarter, each row asked for once."""

    def __init__(self, work: Transaction) -> None:
        self._work = work
        self._known: dict[tuple[object, ...], QuarterSums] = {}

    async def of(self, cell: Cell, before: date | None = None) -> int | Decimal:
        scope = cell.scope
        key = (scope.form.code, scope.period, scope.level, cell.code, cell.member, before)
        if key not in self._known:
            whole = Cell(scope, cell.code, cell.measure, "ytd", cell.member)
            self._known[key] = await quarter_sums(self._work, whole, before)
        quarters = {period: one for period, one in self._known[key].items() if period >= cell.first_period}
        return major_units(cell.of(summed(quarters).figures), cell.measure.scale)


Printed = Iterator[tuple[PrintedCell, Kind, object]]


def printed(table: Table, cells: Mapping[tuple[int, int], PrintedCell]) -> Printed:
    """Each cell with what is printed in it; every figure of the table has one."""
    numbers = {
        (row, column)
        for row, cells_of_row in enumerate(table.rows)
        for column in {column for _, column in cells}
        if cells_of_row.style != "section" and cells_of_row.cells[column] is not None
    }
    assert cells.keys() == numbers
    return ((one, table.columns[column].kind, table.rows[row].cells[column]) for (row, column), one in cells.items())


async def test_every_cell_of_every_table_is_the_sum_of_its_lines(work: Transaction) -> None:
    network, sums, walked = network_of(GOLDEN), Sums(work), 0
    for form in SERVICES:
        for period in PERIODS:
            for level in LEVELS:
                shown = await current_table(work, Scope(form, period, level), network, DAY)
                table = shown.document.table("figures")
                for one, _, value in printed(table, cells_of_table(table, shown.scope, shown.content)):
                    assert await sums.of(one.cell) == value, one
                    walked += 1
    assert walked > 15_000


async def test_running_totals_print_what_the_lines_come_to(work: Transaction) -> None:
    """What the figure is read from, and what explains it, are kept apart."""
    for form in SERVICES:
        year = await read_year(work, form.code, 2005)
        for region in sorted({line.region or "" for line in year.lines}):
            cell = Cell(Scope(form, Period(2005, 4), "region"), region, form.measures[0], "ytd")
            kept = await running_quarters(work, cell)
            counted = await quarter_sums(work, cell)
            assert kept == {period.quarter: one.figures for period, one in counted.items()}


async def test_every_figure_of_the_synthesis_comes_from_lines(work: Transaction) -> None:
    network, sums = network_of(GOLDEN), Sums(work)
    for period in PERIODS[3:]:
        document = await _synthesis(work, network, period)
        for table in document.tables:
            for one, kind, value in printed(table, cells_of_synthesis(table, period)):
                assert await _figure(sums, one, kind) == value, one


async def _synthesis(work: Transaction, network: Network, period: Period) -> Document:
    years = {key: await read_year(work, *key) for key in years_needed(period)}
    return synthesis_document(synthesis_of(period, years, network), "aujourd’hui")


async def _figure(sums: Sums, one: PrintedCell, kind: Kind, before: date | None = None) -> object:
    """What the lines come to; of a difference or its rate, those of both figures."""
    now = await sums.of(one.cell, before)
    if one.against is None:
        return now
    cell = one.cell
    earlier = Cell(Scope(cell.scope.form, one.against, "national"), cell.code, cell.measure, cell.span)
    was = await sums.of(earlier, before)
    return _rate(now, was) if kind == "rate" else now - was


def _rate(now: int | Decimal, was: int | Decimal) -> Decimal:
    return (Decimal(100) * (now - was) / was).quantize(Decimal("0.1"), ROUND_HALF_UP)


async def test_every_cell_of_every_edition_is_the_sum_of_the_lines_of_its_day(work: Transaction) -> None:
    sums, walked = Sums(work), 0
    editions = await list_editions(work, None, None)
    days = {edition.number: edition.issued_on for edition in editions}
    for edition in editions:
        found, issued = await find_edition(work, edition.number), await issued_content(work, edition.number)
        assert found and issued
        for table in Document.from_json(found[1]).tables:
            if table.key not in ("figures", "five", "changes"):
                continue
            cells = await _cells(work, table, issued)
            for one, kind, value in printed(table, cells):
                walked += 1
                before = days[one.edition or edition.number]
                assert await _figure(sums, one, kind, before) == value, (edition.number, one)
    assert walked > 5_000


async def _cells(work: Transaction, table: Table, issued: IssuedContent) -> PrintedCells:
    period, is_synthesis = Period.parse(issued.period), issued.form == SYNTHESIS
    if table.key == "changes":
        before = await issued_content(work, f"{issued.form}-{period}-{issued.level}-{issued.edition - 1}")
        assert before
        if is_synthesis:
            return cells_of_synthesis_changes(table, period, before.content, issued.content, before.number)
        contents = [Content.from_json(one.content) for one in (before, issued)]
        scope = Scope(FORMS[issued.form], period, issued.level)
        return cells_of_changes(table, scope, contents[0], contents[1], before.number)
    if is_synthesis:
        return cells_of_synthesis(table, period)
    scope = Scope(FORMS[issued.form], period, issued.level)
    return cells_of_table(table, scope, Content.from_json(issued.content))
