"""How a table's columns and rows fall into headings, groups and blocks, whatever the renderer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from shared.report.model import Column, Row, Table


@dataclass(frozen=True)
class Heading:
    """Neighbouring columns under one common heading, or one column that has none."""

    label: str | None
    start: int
    columns: tuple[Column, ...]


@dataclass
class Block:
    """Rows that belong together, under the section row that opens them."""

    section: Row | None = None
    rows: list[Row] = field(default_factory=list)


def headings(columns: Sequence[Column]) -> list[Heading]:
    """Gather neighbouring columns that share a group."""
    found: list[Heading] = []
    numbered = enumerate(columns)
    for (group, _), members in groupby(numbered, key=lambda item: (item[1].group, item[1].group is None and item[0])):
        cells = list(members)
        found.append(Heading(group, cells[0][0], tuple(column for _, column in cells)))
    return found


def has_groups(table: Table) -> bool:
    """Tell whether the table needs two lines of headings."""
    return any(column.group is not None for column in table.columns)


def closing_totals(rows: Sequence[Row]) -> int:
    """Count the total rows that close the table."""
    count = 0
    while count < len(rows) and rows[-1 - count].style == "total":
        count += 1
    return count


def blocks(rows: Sequence[Row]) -> list[Block]:
    """Part the rows at each section row."""
    found = [Block()]
    for row in rows:
        if row.style == "section":
            found.append(Block(section=row))
        else:
            found[-1].rows.append(row)
    return [block for block in found if block.section or block.rows]


def section_label(row: Row) -> str:
    """The text of a section row: its first text cell."""
    return next((cell for cell in row.cells if isinstance(cell, str)), "")
