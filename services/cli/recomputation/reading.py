"""Lines read from the original bytes of an accepted file of any kind, by readers of their own."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from services.cli.recomputation.books import book_records

Figures = tuple[Decimal, ...]
_Record = list[str]

_ZIP = b"PK"
_BOM_AND_SPACE = b"\xef\xbb\xbf \t\r\n"
_MEMBER_COLUMN = "organisme"
_DEPARTMENT_COLUMN = "departement"
_GROUPING = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})


class Line(NamedTuple):
    """A line as written; a département that an accepted file says was right when it was judged."""

    member: str
    department: str
    figures: Figures


class UnreadableKeptFile(ValueError):
    """An accepted file does not read as one: what was kept is not what was accepted."""


def lines_of(content: bytes, measures: tuple[str, ...]) -> Iterator[Line]:
    """Each line, with its figures in the order of `measures`."""
    if content.startswith(_ZIP):
        records = _filled(book_records(content))
    elif content.lstrip(_BOM_AND_SPACE).startswith(b"{"):
        records = _filled(_json_records(content))
    else:
        records = _filled_records(_text_of(content), {_MEMBER_COLUMN, *measures})
    header = next(records, [])
    names = [name.strip().lower() for name in header]
    if missing := {_MEMBER_COLUMN, *measures} - set(names):
        raise UnreadableKeptFile(f"kept file without column {', '.join(sorted(missing))}")
    for record in records:
        cells = dict(zip(names, record + [""] * (len(names) - len(record)), strict=True))
        figures = tuple(_number(cells[measure]) for measure in measures)
        yield Line(cells[_MEMBER_COLUMN].strip(), cells.get(_DEPARTMENT_COLUMN, "").strip(), figures)


def _json_records(content: bytes) -> Iterator[_Record]:
    try:
        rows = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str)["rows"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableKeptFile("kept file that is no JSON of rows") from error
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield names
    for row in rows:
        yield ["" if row.get(name) is None else str(row[name]) for name in names]


def _filled(records: Iterator[_Record]) -> Iterator[_Record]:
    return (record for record in records if any(cell.strip() for cell in record))


def _text_of(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableKeptFile("kept file in no known encoding")


def _filled_records(text: str, expected: set[str]) -> Iterator[_Record]:
    return (record for record in _records(text, _separator(text, expected)) if _is_filled(record))


def _is_filled(record: _Record) -> bool:
    return any(cell.strip().strip("\t ;,") for cell in record)


def _separator(text: str, expected: set[str]) -> str:
    """The one under which the first filled record holds the most of the expected names."""

    def names_found(separator: str) -> int:
        filled = (record for record in _records(text, separator) if _is_filled(record))
        return len(expected & {cell.strip().lower() for cell in next(filled, [])})

    return max((";", ",", "\t"), key=names_found)


def _records(text: str, separator: str) -> Iterator[_Record]:
    """Cuts the text into records: a quoted cell may hold separators, line breaks and doubled quotes."""
    cell_pattern = re.compile(
        rf'(?:"(?P<quoted>(?:[^"]|"")*)")?(?P<bare>[^{re.escape(separator)}\r\n]*)(?P<end>{re.escape(separator)}|\r\n|\r|\n|\Z)'
    )
    record: _Record = []
    position = 0
    while position < len(text) or record:
        found = cell_pattern.match(text, position)
        if found is None:
            raise UnreadableKeptFile(f"kept file not cut into cells at character {position}")
        record.append((found["quoted"] or "").replace('""', '"') + found["bare"])
        position = found.end()
        if found["end"] != separator:
            yield record
            record = []


def _number(written: str) -> Decimal:
    """`1 234,56` and the like; the file was accepted, so what is written is a number."""
    try:
        return Decimal(written.strip().translate(_GROUPING))
    except InvalidOperation as error:
        raise UnreadableKeptFile(f"kept file with {written!r} for a number") from error
