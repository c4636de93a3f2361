"""Tables as HTML: with classes for our pages, with inline styles for mails."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.report import french, layout
from shared.report.model import NUMERIC, Document, Row, Table

LINE = "#d3dadd"
INK = "#1c2b33"
HEAD = "#e8eef0"
STRONG = "#f2f5f6"

MAIL_STYLES = {
    "table": f"border-collapse:collapse;width:100%;margin:0 0 8px;font-size:14px;color:{INK}",
    "caption": "text-align:left;font-weight:bold;font-size:16px;padding:0 0 8px",
    "group": f"background:{HEAD};border:1px solid {LINE};text-align:center",
    "head": f"background:{HEAD};border:1px solid {LINE};text-align:left;vertical-align:bottom",
    "head number": f"background:{HEAD};border:1px solid {LINE};text-align:right;vertical-align:bottom",
    "row": f"border-bottom:1px solid {LINE}",
    "subtotal": f"border-bottom:1px solid {LINE};background:{STRONG};font-weight:bold",
    "total": f"border-top:2px solid {INK};border-bottom:1px solid {LINE};background:{STRONG};font-weight:bold",
    "section": f"background:{STRONG};text-align:left;border-bottom:1px solid {LINE}",
    "name": "text-align:left;font-weight:normal",
    "name strong": "text-align:left;font-weight:bold",
    "note": "margin:0 0 4px;font-size:13px;color:#4a5a63",
}
PAGE_CLASSES = {
    "table": "table table-sm report",
    "group": "report-group",
    "head": "report-head",
    "head number": "report-head report-number",
    "subtotal": "report-subtotal",
    "total": "report-total",
    "section": "report-section",
    "name strong": "report-strong",
    "number": "report-number",
    "note": "report-note",
}


class CellLink(NamedTuple):
    """Where a cell leads, and how the link is called."""

    href: str
    label: str


def page_attribute(part: str) -> Markup:
    """Dress a part of a table with its class."""
    return Markup(' class="{}"').format(PAGE_CLASSES[part]) if part in PAGE_CLASSES else Markup("")


def mail_attribute(part: str) -> Markup:
    """Dress a part of a table for mail programs, which know no style sheet."""
    if part == "number":
        return Markup(' align="right"')
    return Markup(' style="{}"').format(MAIL_STYLES[part]) if part in MAIL_STYLES else Markup("")


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(
    text=french.cell_text,
    NUMERIC=NUMERIC,
    headings=layout.headings,
    has_groups=layout.has_groups,
    blocks=layout.blocks,
    section_label=layout.section_label,
)


def render_table(
    table: Table, *, inline: bool = False, links: Mapping[tuple[int, int], CellLink] | None = None
) -> Markup:
    """Write one table as an accessible fragment; links by the places of row and column."""
    closing = layout.closing_totals(table.rows)
    rows = list(table.rows)
    body, foot = rows[: len(rows) - closing], rows[len(rows) - closing :]
    attribute = mail_attribute if inline else page_attribute
    template = _environment.get_template("table.html")
    at = {id(row): place for place, row in enumerate(table.rows)}

    def link(row: Row, column: int) -> CellLink | None:
        return links.get((at[id(row)], column)) if links else None

    context = {"table": table, "body": body, "foot": foot, "attr": attribute, "inline": inline, "link": link}
    # The template escapes each cell itself.
    return Markup(template.render(context))  # noqa: S704


def render_document(document: Document, *, inline: bool = False) -> Markup:
    """Write all tables of a document, then its notes."""
    attribute = mail_attribute if inline else page_attribute
    notes = (Markup("<p{}>{}</p>\n").format(attribute("note"), note) for note in document.notes)
    return Markup("\n").join([*(render_table(table, inline=inline) for table in document.tables), *notes])
