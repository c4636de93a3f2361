"""Rows of an accepted workbook, XLSX or ODS, by a library that ingestion does not use."""

from collections.abc import Iterator
from io import BytesIO

from python_calamine import CalamineWorkbook


def book_records(content: bytes) -> Iterator[list[str]]:
    """Of the sheet named like a quarterly form, else of the first; numbers at 15 significant digits."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    named = [name for name in book.sheet_names if name.strip().lower().endswith("-trimestriel")]
    sheet = book.get_sheet_by_name(named[0]) if named else book.get_sheet_by_index(0)
    for row in sheet.to_python():
        yield [f"{cell:.15g}" if isinstance(cell, float) else str(cell) for cell in row]
