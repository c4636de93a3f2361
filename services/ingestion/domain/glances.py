"""Glances: what a file shows of itself before it is judged, its header, its first row, a sheet named like a form."""

from collections.abc import Collection
from dataclasses import dataclass
from io import SEEK_SET, BytesIO
from typing import BinaryIO

from services.ingestion.domain.csv_file import CsvRecords
from services.ingestion.domain.files import kind_of
from services.ingestion.domain.json_file import first_row
from services.ingestion.domain.sheet import FileRefused, Record, Sheet
from services.ingestion.domain.workbook import sheet_names, workbook_records
from shared.forms import Form

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Glance:
    """sheet: the code of the one form that a sheet of the workbook is named like."""

    header: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    sheet: str | None = None


def glance(file: BinaryIO, forms: Collection[Form]) -> Glance:
    """Reads as little as it can; what is not readable shows nothing."""
    file.seek(0, SEEK_SET)
    head = file.read(_HEAD)
    try:
        match kind_of(head):
            case "workbook":
                return _at_workbook(file, forms)
            case "json":
                row = first_row(file)
                return Glance(tuple(key for key, _ in row), tuple(value for _, value in row))
            case "csv":
                return _at_sheet(Sheet(CsvRecords(BytesIO(_whole_lines(head)))))
    except FileRefused:
        pass
    return Glance()


def _whole_lines(head: bytes) -> bytes:
    return head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]


def _at_workbook(file: BinaryIO, forms: Collection[Form]) -> Glance:
    names = sheet_names(file)
    named = [form for form in forms if form.code.casefold() in names]
    form = named[0] if len(named) == 1 else next(iter(forms))
    seen = _at_sheet(Sheet(workbook_records(file, form)))
    return Glance(seen.header, seen.first, form.code if len(named) == 1 else None)


def _at_sheet(sheet: Sheet) -> Glance:
    _, first = next(sheet.rows(), (0, Record()))
    return Glance(tuple(sheet.header), tuple(first))
