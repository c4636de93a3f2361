"""A table as its reader wants to see it: only the rows that match, in the order of a column; totals stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from shared.report import Cell, Row, Table
from shared.report.french import sort_key

_Link = TypeVar("_Link")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`search`: words of which a row has at least one cell with each; `column`: a key of the table, or as printed."""

    search: str = ""
    column: str = ""
    descending: bool = False

    def __bool__(self) -> bool:
        return bool(self.search or self.column)


def arranged(table: Table, asked: Arrangement) -> list[int]:
    """The places of the rows to show, in order; each group is searched and ordered by itself."""
    column = next((n for n, one in enumerate(table.columns) if one.key == asked.column), None)
    found: list[int] = []
    for block in _blocks(table.rows):
        rows = [place for place in block if table.rows[place].style == "normal"]
        shown = [place for place in rows if _matches(table.rows[place], asked.search)]
        if column is not None:
            shown = _ordered(table, shown, column, descending=asked.descending)
        if shown or not rows:
            found += [place for place in block if table.rows[place].style == "section"] + shown
            found += [place for place in block if table.rows[place].style == "subtotal"]
    return found + [place for place, row in enumerate(table.rows) if row.style == "total"]


def _blocks(rows: Sequence[Row]) -> list[list[int]]:
    """Places by the group that a section row opens; totals of all are apart."""
    number, numbered = 0, []
    for place, row in enumerate(rows):
        number += row.style == "section"
        if row.style != "total":
            numbered.append((number, place))
    return [[place for _, place in block] for _, block in groupby(numbered, key=lambda one: one[0])]


def _matches(row: Row, search: str) -> bool:
    texts = [sort_key(cell)[0] for cell in row.cells if isinstance(cell, str)]
    return all(any(word in text for text in texts) for word in sort_key(search)[0].split())


def _ordered(table: Table, places: Sequence[int], column: int, *, descending: bool) -> list[int]:
    """What has no figure comes last whichever way."""
    cells = {place: table.rows[place].cells[column] for place in places}
    known = [place for place in places if cells[place] is not None]
    ordered = sorted(known, key=lambda place: _rank(cells[place]), reverse=descending)
    return ordered + [place for place in places if cells[place] is None]


def _rank(cell: Cell) -> tuple[Decimal, tuple[str, str]]:
    if isinstance(cell, int | Decimal):
        return Decimal(cell), ("", "")
    return Decimal(0), sort_key(str(cell))


def with_rows(table: Table, places: Sequence[int]) -> Table:
    return table.model_copy(update={"rows": tuple(table.rows[place] for place in places)})


def with_links(links: Mapping[tuple[int, int], _Link], places: Sequence[int]) -> dict[tuple[int, int], _Link]:
    """Links by the places of rows and columns, each where its row now is."""
    now = {before: after for after, before in enumerate(places)}
    return {(now[row], column): link for (row, column), link in links.items() if row in now}
