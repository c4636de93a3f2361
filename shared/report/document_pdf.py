"""Documents as PDF/UA: A4 landscape, pages with repeated heads or one sheet, numbers as a French reader writes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.report import french
from shared.report.drawing import draw_chart
from shared.report.layout import has_groups, headings, section_label
from shared.report.model import Document, DrawnDocument, Row, Table
from shared.report.pdf import render_pdf

_TEMPLATES = Path(__file__).parent / "templates"
_TEMPLATE = {"pages": _TEMPLATES / "document.typ", "sheet": _TEMPLATES / "sheet.typ"}
# That of the document: the one that typst carries.
_TYPEFACE = "Libertinus Serif"


def render_document_pdf(document: Document) -> bytes:
    """Equal documents give equal bytes."""
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "foot": " – ".join(part for part in (document.title, document.subtitle, document.reference) if part),
        "notes": list(document.notes),
        "tables": [{**_table(table), "charts": list(_charts(document, table))} for table in document.tables],
    }
    return render_pdf(_TEMPLATE[document.shape if isinstance(document, DrawnDocument) else "pages"], told)


def _charts(document: Document, table: Table) -> Iterator[dict[str, str]]:
    for chart in document.charts if isinstance(document, DrawnDocument) else ():
        if chart.table == table.key:
            alt = f"{chart.title}. {chart.description}"
            yield {"svg": draw_chart(document, chart, _TYPEFACE), "alt": alt}


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "column": table.key.partition(".")[0],
        "shared": _shared(table),
        "kinds": [column.kind for column in table.columns],
        "widest": _widest(table),
        "heads": list(_heads(table)),
        "rows": [{**_row(row, table), "span": span} for row, span in zip(table.rows, _spans(table), strict=True)],
        "notes": list(table.notes),
    }


def _shared(table: Table) -> int:
    """How many of the first columns say the same of several rows: those up to the first other column of text."""
    texts = [place for place, column in enumerate(table.columns) if column.kind == "text"]
    return texts[1] if len(texts) > 1 else 0


def _spans(table: Table) -> list[int]:
    """How many rows, itself first, a row shares its first columns with; none where the row above does."""
    shared, spans = _shared(table), [1] * len(table.rows)
    for place in range(len(table.rows) - 1, 0, -1):
        if shared and table.rows[place].cells[:shared] == table.rows[place - 1].cells[:shared]:
            spans[place - 1], spans[place] = spans[place - 1] + spans[place], 0
    return spans


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
