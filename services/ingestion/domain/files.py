"""Files: which of the four kinds one is, told by its content and never by its name, and the sheet that it holds."""

from io import SEEK_END, SEEK_SET
from typing import BinaryIO, Literal

from services.ingestion.domain.csv_file import CsvRecords
from services.ingestion.domain.json_file import json_records
from services.ingestion.domain.sheet import MAX_BYTES, FileTooLarge, Sheet, UnreadableFile
from services.ingestion.domain.workbook import workbook_records
from shared.forms import Form

_ZIP = b"PK\x03\x04"
_COMPOUND_DOCUMENT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOM = b"\xef\xbb\xbf"

Kind = Literal["workbook", "json", "csv", "encrypted"]


def kind_of(start: bytes) -> Kind:
    """Told by the first bytes."""
    if start.startswith(_COMPOUND_DOCUMENT):
        return "encrypted"
    if start.startswith(_ZIP):
        return "workbook"
    return "json" if start.removeprefix(_BOM).lstrip().startswith((b"{", b"[")) else "csv"


def read_sheet(file: BinaryIO, form: Form) -> Sheet:
    """The sheet that the file holds; FileRefused where it holds none, at once or while it is read."""
    if file.seek(0, SEEK_END) > MAX_BYTES:
        raise FileTooLarge("bytes")
    file.seek(0, SEEK_SET)
    kind = kind_of(file.read(4096))
    if kind == "encrypted":
        raise UnreadableFile("encrypted")
    if kind == "workbook":
        return Sheet(workbook_records(file, form))
    if kind == "json":
        return Sheet(json_records(file, [column.name for column in form.columns]))
    return Sheet(CsvRecords(file))
