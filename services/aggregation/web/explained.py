"""A cell explained: the printed figure from where it is kept, and its lines from where they are."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.aggregation.domain.content import Content
from services.aggregation.domain.lineage import Cell, Reader, issued_row, printed_row
from services.aggregation.domain.lineage_document import Lineage, when
from services.aggregation.domain.names import Names
from services.aggregation.domain.synthesis import SYNTHESIS, rows_from_json
from services.aggregation.domain.synthesis_document import evolution
from services.aggregation.domain.ytd import Row
from services.aggregation.tables.lineage import (
    IssuedContent,
    issued_content,
    lines_of_cell,
    quarter_sums,
    replaced_lines,
    running_quarters,
)
from services.aggregation.tables.lines import last_reported_periods
from services.aggregation.web.asked_cell import AskedCell, unknown_cell
from shared.network import Network
from shared.pages import Link
from shared.report import NOT_APPLICABLE, french
from shared.transaction import Transaction


async def explain(
    work: Transaction, network: Network, asked: AskedCell, reader: Reader, first: int = 1, many: int | None = None
) -> Lineage:
    """As the tables stand, or as an edition printed it; refuses what no table prints."""
    cell = asked.cell(network)
    row, before = await _printed(work, cell, asked.edition)
    return Lineage(
        cell=cell,
        edition=asked.edition,
        total=cell.of_row(row),
        quarters=await quarter_sums(work, cell, before),
        lines=await lines_of_cell(work, cell, before, first=first, many=many),
        first=first,
        replaced=await replaced_lines(work, cell, reader, before),
        reader=reader,
        names=Names(network, cell.scope.period.last_day),
    )


async def _printed(work: Transaction, cell: Cell, edition: str | None) -> tuple[Row, date | None]:
    """The row, and the day that began when it was frozen."""
    if edition is None:
        form = cell.scope.form.code
        last = (await last_reported_periods(work, [form])).get(form)
        row, before = printed_row(await running_quarters(work, cell), cell.scope.period, last), None
    else:
        issued = await issued_content(work, edition)
        row, before = (_issued_row(issued, cell), issued.issued_on) if issued else (None, None)
    if row is None:
        raise unknown_cell()
    return row, before


def _issued_row(issued: IssuedContent, cell: Cell) -> Row | None:
    scope = cell.scope
    if issued.form == SYNTHESIS:
        return (
            rows_from_json(issued.content).get((scope.form.code, scope.period)) if scope.level == "national" else None
        )
    if (issued.form, issued.period) != (scope.form.code, str(scope.period)):
        return None
    return issued_row(Content.from_json(issued.content), issued.level, cell)


@dataclass(frozen=True, slots=True)
class Compared:
    """The earlier figure of a difference, where it leads, and what comes of both."""

    title: str
    query: str
    before: int | Decimal
    difference: int | Decimal
    rate: str


async def compare(work: Transaction, network: Network, asked: AskedCell, lineage: Lineage, against: str) -> Compared:
    query = asked.query(period=against)
    earlier = asked.cell(network, against)
    row, _ = await _printed(work, earlier, asked.edition)
    before, now = earlier.of_row(row), lineage.total
    rate = evolution(now, before)
    told = NOT_APPLICABLE if rate is None else french.rate(rate)
    return Compared(when(earlier), query, lineage.major(before), lineage.major(now - before), told)


def tables_link(asked: AskedCell) -> Link:
    """Back to where the figure is printed."""
    if asked.edition:
        return Link("Édition", f"/tableaux/editions/{asked.edition}")
    return Link("Tableaux", f"/tableaux?form={asked.form}&by={asked.level}&period={asked.period}")
