"""The same table written as each kind of file, by the libraries that others use."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.teletype import addTextToElement
from odf.text import P
from openpyxl import Workbook

# Text, a number, a day or nothing.
Cell = str | int | Decimal | date | None
Rows = Sequence[Sequence[Cell]]
Writer = Callable[[Sequence[str], Rows, str], bytes]


def as_text(cell: Cell) -> str:
    """As a French file writes it."""
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}".replace(".", ",")
    return str(cell)


def as_csv(header: Sequence[str], rows: Rows, _: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    # A row of one empty field would be written as `""`, which is no blank row.
    for row in rows:
        writer.writerow([as_text(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_json(header: Sequence[str], rows: Rows, _: str) -> bytes:
    def plain(cell: Cell) -> str | int | float | None:
        if isinstance(cell, date):
            return cell.isoformat()
        return float(cell) if isinstance(cell, Decimal) else cell

    return json.dumps({"rows": [dict(zip(header, map(plain, row), strict=True)) for row in rows]}).encode()


def by_openpyxl(header: Sequence[str], rows: Rows, name: str) -> bytes:
    book = Workbook()
    book.create_sheet("Autre").cell(1, 1).value = "rien"
    sheet = book.create_sheet(name)
    for line, row in enumerate([header, *rows], start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(line, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def by_xlsxwriter(header: Sequence[str], rows: Rows, name: str) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, day = book.add_worksheet(name), book.add_format({"num_format": "dd/mm/yyyy"})
        for line, row in enumerate([header, *rows]):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif isinstance(value, date):
                    sheet.write_datetime(line, place, value, day)
                elif value is not None:
                    sheet.write_number(line, place, value)
    return content.getvalue()


def by_odfpy(header: Sequence[str], rows: Rows, name: str) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = Table(name=name)
    for row in [header, *rows]:
        line = TableRow()
        for value in row:
            line.addElement(_odf_cell(value))
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    content = io.BytesIO()
    book.write(content)
    return content.getvalue()


def _odf_cell(value: Cell) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, str):
        cell = TableCell(valuetype="string")
    elif isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    else:
        cell = TableCell(valuetype="float", value=str(value))
    paragraph = P()
    addTextToElement(paragraph, as_text(value))
    cell.addElement(paragraph)
    return cell


WRITERS: dict[str, Writer] = {
    "csv": as_csv,
    "json": as_json,
    "openpyxl": by_openpyxl,
    "xlsxwriter": by_xlsxwriter,
    "odfpy": by_odfpy,
}
