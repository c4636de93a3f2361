"""Documents as workbooks: one sheet per table, typed cells, ready to print."""

import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from shared.report.french import cell_text
from shared.report.inert import inert
from shared.report.layout import has_groups, headings, section_label
from shared.report.model import NUMERIC, Cell, Column, Document, Kind, Row, Table

# A date of our own: the time of writing would make every copy differ.
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NUMBER_FORMATS: dict[str, str] = {
    "count": "#,##0",
    "amount": "#,##0.00",
    "date": "dd/mm/yyyy",
    "rate": '+0.0" %";-0.0" %";0.0" %"',
}
STRONG = {"bold": True, "bg_color": "#F2F5F6"}
STYLES: dict[str, dict[str, object]] = {
    "normal": {"bottom": 1, "bottom_color": "#D3DADD"},
    "subtotal": {**STRONG, "bottom": 1, "bottom_color": "#D3DADD"},
    "total": {**STRONG, "top": 1, "bottom": 1},
    "section": STRONG,
    "head": {"bold": True, "bg_color": "#E8EEF0", "border": 1, "border_color": "#B8C4C9", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"},
    "note": {"italic": True, "font_color": "#4A5A63", "text_wrap": True, "valign": "top"},
}
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
EXACT_DIGITS = 15
A4 = 9
LINE_HEIGHT = 16.0
PADDING = 2
HIGHEST_ROW = 409.0
# How much larger than a table's figures the letters of a style are.
LETTERS = {"title": 1.35}


def render_xlsx(document: Document, sheets: Sequence[str] = ()) -> bytes:
    """Write a workbook; equal documents give equal bytes. Sheets are named as asked, else like their tables."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        properties = {"title": document.title, "subject": document.reference, "author": "Pilotage", "created": CREATED}
        book.set_properties(properties)
        names = sheet_names(sheets or [table.title for table in document.tables])
        for table, name in zip(document.tables, names, strict=True):
            _Sheet(book, document, table, name).fill()
        if not document.tables:
            book.add_worksheet("Document").write_string(0, 0, _safe(document.title))
    return content.getvalue()


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Make names that spreadsheets take: short, distinct, without forbidden signs."""
    names: list[str] = []
    for title in titles:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:LONGEST_NAME].strip(" '") or "Tableau"
        name, number = base, 2
        while name.casefold() in {"history", *(taken.casefold() for taken in names)}:
            name = f"{base[: LONGEST_NAME - len(f' ({number})')]} ({number})"
            number += 1
        names.append(name)
    return names


def _safe(text: str) -> str:
    return inert(text)[:LONGEST_TEXT]


def _height(labels: Iterable[tuple[str, float]], letter: float = 1.0) -> float:
    """High enough for the text that takes most lines in the width it has."""
    lines = max(len(textwrap.wrap(text, max(1, int(width) - PADDING))) for text, width in labels)
    return min(HIGHEST_ROW, letter * LINE_HEIGHT * max(1, lines))


def _dress(cell: Cell, kind: Kind) -> Kind:
    """A figure is dressed as what it is."""
    if kind != "figure":
        return kind
    return "amount" if isinstance(cell, Decimal) else "count"


class _Sheet:
    """One table on its sheet."""

    def __init__(self, book: Workbook, document: Document, table: Table, name: str) -> None:
        self.book, self.document, self.table = book, document, table
        self.sheet: Worksheet = book.add_worksheet(name)
        self.formats: dict[tuple[str, str], Format] = {}
        self.widths = self._widths()
        self.line = 0

    def fill(self) -> None:
        self._write_titles()
        first = self.line
        self._write_heads()
        self._set_up(first)
        for row in self.table.rows:
            self._write_row(row)
        self.line += 1
        for note in [*self.table.notes, *self.document.notes]:
            self._write_line(note, "note")
        self.sheet.print_area(0, 0, self.line - 1, len(self.widths) - 1)

    def _write_titles(self) -> None:
        self._write_line(self.table.title, "title")
        parts = (self.document.title, self.document.subtitle, self.document.reference)
        self._write_line(" – ".join(part for part in parts if part), "note")
        self.line += 1

    def _write_line(self, text: str, style: str) -> None:
        """Over the table's width and no further, as high as it needs."""
        letter, last = LETTERS.get(style, 1.0), len(self.widths) - 1
        self.sheet.set_row(self.line, _height([(text, sum(self.widths) / letter)], letter))
        if last:
            self.sheet.merge_range(self.line, 0, self.line, last, "", self._format(style))
        self.sheet.write_string(self.line, 0, _safe(text), self._format(style))
        self.line += 1

    def _write_heads(self) -> None:
        if has_groups(self.table):
            self._write_groups()
            self.line += 1
        for index, column in enumerate(self.table.columns):
            if not has_groups(self.table) or column.group is not None:
                self.sheet.write_string(self.line, index, _safe(column.label), self._head_format(column))
        labels = [(column.label, width) for column, width in zip(self.table.columns, self.widths, strict=True)]
        self.sheet.set_row(self.line, max(2 * LINE_HEIGHT, _height(labels)))
        self.line += 1

    def _write_groups(self) -> None:
        self.sheet.set_row(self.line, _height(self._group_labels()))
        for heading in headings(self.table.columns):
            column, last = heading.columns[0], heading.start + len(heading.columns) - 1
            if heading.label is None:
                span = (self.line, heading.start, self.line + 1, last)
                self.sheet.merge_range(*span, _safe(column.label), self._head_format(column))
            elif last == heading.start:
                self.sheet.write_string(self.line, last, _safe(heading.label), self._format("head", "center"))
            else:
                span = (self.line, heading.start, self.line, last)
                self.sheet.merge_range(*span, _safe(heading.label), self._format("head", "center"))

    def _group_labels(self) -> Iterable[tuple[str, float]]:
        for heading in headings(self.table.columns):
            if heading.label is not None:
                yield heading.label, sum(self.widths[heading.start : heading.start + len(heading.columns)])

    def _write_row(self, row: Row) -> None:
        if row.style == "section":
            for index in range(len(self.table.columns)):
                self.sheet.write_blank(self.line, index, None, self._format("section"))
            self.sheet.write_string(self.line, 0, _safe(section_label(row)), self._format("section"))
        else:
            for index, (cell, column) in enumerate(zip(row.cells, self.table.columns, strict=True)):
                self._write_cell(index, cell, self._format(row.style, _dress(cell, column.kind)), column.kind)
        self.line += 1

    def _write_cell(self, index: int, cell: Cell, dress: Format, kind: Kind) -> None:
        match cell:
            case None:
                self.sheet.write_blank(self.line, index, None, dress)
            case str():
                self.sheet.write_string(self.line, index, _safe(cell), dress)
            case date():
                self.sheet.write_datetime(self.line, index, cell, dress)
            case _ if len(Decimal(cell).as_tuple().digits) > EXACT_DIGITS:
                # A spreadsheet would round it: the exact figure is worth more as text.
                self.sheet.write_string(self.line, index, cell_text(cell, kind), dress)
            case _:
                self.sheet.write_number(self.line, index, cell, dress)

    def _set_up(self, first_head: int) -> None:
        sheet, last_head = self.sheet, self.line - 1
        sheet.freeze_panes(self.line, 1 if self.table.columns[0].kind == "text" else 0)
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, width)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first_head, last_head)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L{(self.document.reference or self.document.title).replace('&', '&&')[:100]}&R&P / &N")

    def _widths(self) -> list[float]:
        widths = []
        for index, column in enumerate(self.table.columns):
            cells = [cell_text(row.cells[index], column.kind) for row in self.table.rows if row.style != "section"]
            longest = max(len(text) for text in (*cells, *column.label.split(), column.label[:14]))
            widths.append(min(60.0, longest + 3.0))
        return widths

    def _head_format(self, column: Column) -> Format:
        return self._format("head", "right" if column.kind in NUMERIC else "left")

    def _format(self, style: str, kind: str = "text") -> Format:
        if (style, kind) not in self.formats:
            dress = dict(STYLES[style])
            if kind in NUMBER_FORMATS:
                dress["num_format"] = NUMBER_FORMATS[kind]
            if kind in ("left", "right", "center"):
                dress |= {"align": kind, "valign": "vcenter"}
            self.formats[style, kind] = self.book.add_format(dress)
        return self.formats[style, kind]
