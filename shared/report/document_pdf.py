"""Documents as PDF/UA: A4 landscape, heads repeated on every page, numbers as a French reader writes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.report import french
from shared.report.layout import has_groups, headings, section_label
from shared.report.model import Document, Row, Table
from shared.report.pdf import render_pdf

_TEMPLATE = Path(__file__).parent / "templates" / "document.typ"


def render_document_pdf(document: Document) -> bytes:
    """Equal documents give equal bytes."""
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "foot": " – ".join(part for part in (document.title, document.subtitle, document.reference) if part),
        "notes": list(document.notes),
        "tables": [_table(table) for table in document.tables],
    }
    return render_pdf(_TEMPLATE, told)


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "kinds": [column.kind for column in table.columns],
        "widest": _widest(table),
        "heads": list(_heads(table)),
        "rows": [_row(row, table) for row in table.rows],
        "notes": list(table.notes),
    }


def _widest(table: Table) -> int:
    """The column of text that takes the room left over; without one, the first."""
    texts = [place for place, column in enumerate(table.columns) if column.kind == "text"]
    return max(texts, key=lambda place: _longest(table, place), default=0)


def _longest(table: Table, place: int) -> int:
    cells = (row.cells[place] for row in table.rows if row.style != "section")
    return max((len(cell) for cell in cells if isinstance(cell, str)), default=0)


def _heads(table: Table) -> Iterator[list[dict[str, Any]]]:
    """One line of heads, or two where columns stand in groups."""
    if not has_groups(table):
        yield [_head(column.label, column.kind) for column in table.columns]
        return
    first, second = [], []
    for heading in headings(table.columns):
        if heading.label is None:
            first.append(_head(heading.columns[0].label, heading.columns[0].kind, rows=2))
        else:
            first.append(_head(heading.label, "text", columns=len(heading.columns), is_group=True))
            second += [_head(column.label, column.kind) for column in heading.columns]
    yield first
    yield second


def _head(label: str, kind: str, *, columns: int = 1, rows: int = 1, is_group: bool = False) -> dict[str, Any]:
    return {"label": label, "kind": kind, "columns": columns, "rows": rows, "is_group": is_group}


def _row(row: Row, table: Table) -> dict[str, Any]:
    if row.style == "section":
        return {"style": "section", "cells": [section_label(row)]}
    cells = [french.cell_text(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)]
    return {"style": row.style, "cells": cells}
