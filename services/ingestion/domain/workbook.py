"""Reading of workbooks: the rows of the sheet named like the form, else of the first, with its numbers."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from services.ingestion.domain import ods, xlsx
from services.ingestion.domain.archive import Archive
from services.ingestion.domain.grid import Cells, NumberCell
from services.ingestion.domain.sheet import MAX_COLUMNS, MAX_ROWS, FileTooLarge, Record, UnreadableFile
from shared.forms import Form

_POSTCODE_WITHOUT_ITS_ZERO = 4


def sheet_names(file: BinaryIO) -> list[str]:
    """Of a workbook of either kind; none of what is no workbook."""
    archive = Archive(file)
    kind = next((kind for kind in (xlsx, ods) if kind.is_one(archive)), None)
    return kind.sheet_names(archive) if kind else []


def workbook_records(file: BinaryIO, form: Form) -> Iterator[Record]:
    """One record per row down to the last that is not blank; a workbook has no short rows, they end in empty cells."""
    archive = Archive(file)
    if xlsx.is_one(archive):
        rows = xlsx.rows(archive, form.code)
    elif ods.is_one(archive):
        rows = ods.rows(archive, form.code)
    else:
        raise UnreadableFile("kind")
    yield from _records(rows, form)


def _records(rows: Iterable[tuple[int, Cells]], form: Form) -> Iterator[Record]:
    header: Record | None = None
    postcodes: list[int] = []
    last = 0
    for line, cells in rows:
        if line > MAX_ROWS + 1:
            raise FileTooLarge("rows")
        width = next(reversed(cells)) + 1
        if width > MAX_COLUMNS:
            raise FileTooLarge("columns")
        full = cells.values() if len(cells) == width else [cells.get(place, "") for place in range(width)]
        record = [cell if isinstance(cell, str) else cell.written for cell in full]
        if header is None:
            header = record
            postcodes = [place for place, name in enumerate(header) if _is_postcode(form, name)]
        for place in postcodes:
            if isinstance(number := cells.get(place), NumberCell) and len(record[place]) == _POSTCODE_WITHOUT_ITS_ZERO:
                record[place] = f"0{number.written}"
        record += [""] * (len(header) - len(record))
        for _ in range(line - last - 1):
            yield []
        yield record
        last = line


def _is_postcode(form: Form, name: str) -> bool:
    column = form.by_name.get(name.strip().lower())
    return column is not None and column.type == "postcode"
