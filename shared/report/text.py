"""Tables as plain text, aligned for a reader whose letters all have one width."""

import textwrap
from collections.abc import Sequence

from shared.report.french import cell_text
from shared.report.layout import has_groups, headings, section_label
from shared.report.model import Document, Row, Table

GAP = "  "
LABEL_WIDTH = 14


def render_document_text(document: Document) -> str:
    """Write a whole document, one table after the other."""
    head = [line for line in (document.title, document.subtitle, document.reference) if line]
    parts = ["\n".join(head), *(render_text(table) for table in document.tables), "\n".join(document.notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_text(table: Table) -> str:
    """Write one table with its title and notes."""
    widths = _widths(table)
    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    lines = [table.title, rule, *_head(table, widths), rule]
    lines += [_line(table, row, widths) for row in table.rows]
    return "\n".join([*(line.rstrip() for line in lines), rule, *table.notes])


def _widths(table: Table) -> list[int]:
    widths = []
    for index, column in enumerate(table.columns):
        cells = [cell_text(row.cells[index], column.kind) for row in table.rows if row.style != "section"]
        words = [*column.label.split(), column.label[:LABEL_WIDTH]]
        widths.append(max(len(text) for text in (*cells, *words)))
    for heading in headings(table.columns):
        last = heading.start + len(heading.columns) - 1
        spare = len(heading.label or "") - _span(widths, heading.start, len(heading.columns))
        widths[last] += max(0, spare)
    return widths


def _span(widths: Sequence[int], start: int, count: int) -> int:
    return sum(widths[start : start + count]) + len(GAP) * (count - 1)


def _head(table: Table, widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(column.label, width) or [""] for column, width in zip(table.columns, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    padded = [[*[""] * (height - len(lines)), *lines] for lines in wrapped]
    lines = [_joined(table, [column[level] for column in padded], widths) for level in range(height)]
    return [_group_line(table, widths), *lines] if has_groups(table) else lines


def _group_line(table: Table, widths: Sequence[int]) -> str:
    spans = ((heading.label or "", _span(widths, heading.start, len(heading.columns)))
             for heading in headings(table.columns))  # fmt: skip
    return GAP.join(label.center(width) for label, width in spans)


def _line(table: Table, row: Row, widths: Sequence[int]) -> str:
    if row.style == "section":
        return f"\n{section_label(row)}"
    texts = [cell_text(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)]
    return _joined(table, texts, widths)


def _joined(table: Table, texts: Sequence[str], widths: Sequence[int]) -> str:
    placed = (
        text.rjust(width) if column.kind in ("count", "amount") else text.ljust(width)
        for text, width, column in zip(texts, widths, table.columns, strict=True)
    )
    return GAP.join(placed)
