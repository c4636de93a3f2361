"""A document's figures as one CSV table; the headings under which rows stand become its first column."""

from shared.report.csv import render_csv
from shared.report.layout import blocks, section_label
from shared.report.model import Column, Document, Row, Table

FIGURES = "figures"


def render_figures_csv(document: Document) -> bytes:
    """The table of figures, or the first where none is called so."""
    named = (table for table in document.tables if table.key == FIGURES)
    table = next(named, None) or next(iter(document.tables), None)
    return b"" if table is None else render_csv(_with_groups(table))


def _with_groups(table: Table) -> Table:
    parts = blocks(table.rows)
    if not any(part.section for part in parts):
        return table
    rows = []
    for part in parts:
        group = "" if part.section is None else section_label(part.section)
        rows += [Row(cells=("" if row.style == "total" else group, *row.cells), style=row.style) for row in part.rows]
    columns = (Column(key="group", label="Groupe"), *table.columns)
    return table.model_copy(update={"columns": columns, "rows": tuple(rows)})
