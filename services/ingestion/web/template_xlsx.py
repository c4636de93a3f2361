"""The workbook to be filled in: the form's sheet first, so that it is what is read, then a notice in French."""

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from services.ingestion.domain.form_told import ColumnTold, columns_told
from services.ingestion.domain.templates import Template
from services.ingestion.web.template_checks import FIRST_ROW, LAST_ROW, LISTS, Checks, Lists
from services.ingestion.web.template_notice import NOTICE, Notice
from shared.forms import Column
from shared.report.inert import inert
from shared.report.xlsx import A4, CREATED, OPTIONS, STYLES

_LAST_COLUMN = 16_383
_NUMBER_FORMATS = {"count": "#,##0", "amount": "#,##0.00", "date": "dd/mm/yyyy"}
_TEXT = "@"
_KNOWN = {"bg_color": "#F2F5F6"}
_TO_FILL = {"bg_color": "#FFF4D6"}
_NARROWEST, _WIDE = 12, 30
_ALLOWED = dict.fromkeys(("format_columns", "format_rows", "insert_rows", "delete_rows", "sort"), True)
_COMMENT_WIDTH, _COMMENT_CHARACTERS, _COMMENT_LINE = 330, 44, 20
_HEAD_HEIGHT = 32


def render_template(template: Template) -> bytes:
    """Equal templates give equal bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        form, period = template.form, template.period
        subject = f"{period.title}, {template.platform}"
        book.set_properties({"title": form.title, "subject": subject, "author": "Pilotage", "created": CREATED})
        entry, notice, lists = (book.add_worksheet(name) for name in (form.code, NOTICE, LISTS))
        _Entry(book, entry, template, Lists(lists)).write()
        Notice(book, notice, template).write()
        lists.protect()
        lists.hide()
    return content.getvalue()


class _Entry:
    """The sheet to be filled in: a locked header, cells that bear what they are for."""

    def __init__(self, book: Workbook, sheet: Worksheet, template: Template, lists: Lists) -> None:
        self._book, self._sheet, self._template = book, sheet, template
        self._columns = template.form.columns
        self._checks = Checks(template, lists)
        self._formats: dict[tuple[str, bool], Format] = {}
        self._head = book.add_format({**STYLES["head"], "valign": "vcenter"})
        self._optional = book.add_format({**STYLES["head"], "bold": False, "italic": True, "valign": "vcenter"})

    def write(self) -> None:
        self._sheet.set_row(0, _HEAD_HEIGHT, self._head)
        for at, (column, told) in enumerate(zip(self._columns, columns_told(self._template.form), strict=True)):
            self._write_column(at, column, told)
        for row, known in enumerate(self._template.rows, start=FIRST_ROW):
            for at, column in enumerate(self._columns):
                if text := known.get(column.name):
                    self._sheet.write_string(row, at, inert(text), self._cell_format(column, known=True))
        self._protect()
        self._set_up_print()

    def _write_column(self, at: int, column: Column, told: ColumnTold) -> None:
        width = _WIDE if column.type == "text" else max(_NARROWEST, len(column.name) + 2)
        self._sheet.set_column(at, at, width, self._cell_format(column))
        self._sheet.write_string(0, at, column.name, self._head if column.required else self._optional)
        self._comment(at, told)
        self._checks.put(self._sheet, column, told)
        if column.required:
            self._colour_what_is_missing(at)

    def _cell_format(self, column: Column, *, known: bool = False) -> Format:
        number_format = _NUMBER_FORMATS.get(column.type, _TEXT)
        if (number_format, known) not in self._formats:
            dress = {"num_format": number_format, "locked": False, **(_KNOWN if known else {})}
            self._formats[number_format, known] = self._book.add_format(dress)
        return self._formats[number_format, known]

    def _comment(self, at: int, told: ColumnTold) -> None:
        codes = (f"{code} : {label}" for one in told.lists for code, label in one.codes.items())
        text = "\n".join(part for part in (told.label, f"{told.essence}.", told.note, *codes) if part)
        lines = sum(1 + len(line) // _COMMENT_CHARACTERS for line in text.split("\n"))
        size = {"x_scale": 1, "width": _COMMENT_WIDTH, "height": _COMMENT_LINE * (lines + 1)}
        self._sheet.write_comment(0, at, text, size)

    def _colour_what_is_missing(self, at: int) -> None:
        """In a row that has been begun."""
        row, last = FIRST_ROW + 1, xl_col_to_name(len(self._columns) - 1)
        begun = f"=AND(COUNTA($A{row}:${last}{row})>0,LEN({xl_col_to_name(at)}{row})=0)"
        dress = {"type": "formula", "criteria": begun, "format": self._book.add_format(_TO_FILL)}
        self._sheet.conditional_format(FIRST_ROW, at, LAST_ROW, at, dress)

    def _protect(self) -> None:
        """Columns beyond the form's are hidden: a row can be deleted only if none of its cells is locked."""
        unlocked = self._book.add_format({"locked": False})
        self._sheet.set_column(len(self._columns), _LAST_COLUMN, None, unlocked, {"hidden": True})
        self._sheet.dim_colmax = len(self._columns) - 1  # or the sheet would say that it is 16,384 columns wide
        self._sheet.protect("", _ALLOWED)
        self._sheet.freeze_panes(FIRST_ROW, max(1, sum(map(len, self._template.rows[:1]))))
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self._sheet.activate()

    def _set_up_print(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        form, period = self._template.form, self._template.period
        told = f"{form.title} – {period.title} – {self._template.platform}".replace("&", "&&")
        self._sheet.set_footer(f"&L{told[:150]}&R&P / &N")
