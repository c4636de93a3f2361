"""Each figure of a page leads to what makes it."""

from urllib.parse import urlencode

from services.aggregation.domain.content import Content
from services.aggregation.domain.lineage import Cell
from services.aggregation.domain.printed_cells import (
    PrintedCell,
    PrintedCells,
    cells_of_changes,
    cells_of_synthesis,
    cells_of_synthesis_changes,
    cells_of_table,
)
from services.aggregation.domain.scope import Scope
from services.aggregation.domain.synthesis import SYNTHESIS
from services.aggregation.tables.lineage import IssuedContent, issued_content
from shared.forms import FORMS
from shared.periods import Period
from shared.report import Document, Table, french
from shared.report.french import typeset
from shared.report.html import CellLink
from shared.transaction import Transaction

WHY = "/tableaux/pourquoi"
# By the table's key, then by the places of row and column.
PageLinks = dict[str, dict[tuple[int, int], CellLink]]

_ASKED = typeset(" : d’où vient ce chiffre ?")


def query_of(cell: Cell, edition: str | None = None, against: Period | None = None) -> str:
    """The address of a cell: how routes and pages ask for it."""
    scope = cell.scope
    asked = {
        "form": scope.form.code,
        "period": str(scope.period),
        "by": scope.level,
        "code": cell.code,
        "member": cell.member,
        "measure": cell.measure.name,
        "span": cell.span,
        "edition": edition,
        "against": against and str(against),
    }
    return urlencode({name: value for name, value in asked.items() if value is not None})


def _links(table: Table, printed: PrintedCells, edition: str | None = None) -> dict[tuple[int, int], CellLink]:
    return {at: _link(table, at, one, edition) for at, one in printed.items()}


def _link(table: Table, at: tuple[int, int], one: PrintedCell, edition: str | None) -> CellLink:
    row, column = at
    shown = french.cell_text(table.rows[row].cells[column], table.columns[column].kind)
    return CellLink(f"{WHY}?{query_of(one.cell, one.edition or edition, one.against)}", f"{shown}{_ASKED}")


def table_links(document: Document, scope: Scope, content: Content) -> PageLinks:
    table = document.table("figures")
    return {table.key: _links(table, cells_of_table(table, scope, content))}


def synthesis_links(document: Document, period: Period, edition: str | None = None) -> PageLinks:
    return {table.key: _links(table, cells_of_synthesis(table, period), edition) for table in document.tables}


async def edition_links(work: Transaction, number: str, document: Document) -> PageLinks:
    """Every figure as that edition printed it; what it changed, as it and the one before it did."""
    issued = await issued_content(work, number)
    if issued is None:
        return {}
    earlier = f"{issued.form}-{issued.period}-{issued.level}-{issued.edition - 1}"
    before = await issued_content(work, earlier)
    links = _synthesis_edition(issued, document) if issued.form == SYNTHESIS else _table_edition(issued, document)
    changed = next((table for table in document.tables if table.key == "changes"), None)
    if before and changed:
        links[changed.key] = _links(changed, _changes(changed, before, issued), number)
    return links


def _synthesis_edition(issued: IssuedContent, document: Document) -> PageLinks:
    return synthesis_links(document, Period.parse(issued.period), issued.number)


def _table_edition(issued: IssuedContent, document: Document) -> PageLinks:
    table = document.table("figures")
    printed = cells_of_table(table, _scope(issued), Content.from_json(issued.content))
    return {table.key: _links(table, printed, issued.number)}


def _changes(table: Table, before: IssuedContent, issued: IssuedContent) -> PrintedCells:
    if issued.form == SYNTHESIS:
        period = Period.parse(issued.period)
        return cells_of_synthesis_changes(table, period, before.content, issued.content, before.number)
    old, new = Content.from_json(before.content), Content.from_json(issued.content)
    return cells_of_changes(table, _scope(issued), old, new, before.number)


def _scope(issued: IssuedContent) -> Scope:
    return Scope(FORMS[issued.form], Period.parse(issued.period), issued.level)
