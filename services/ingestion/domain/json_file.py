"""Reading of JSON: `{"rows": [{column: value}]}`, each row an object of plain values, streamed."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import SEEK_SET
from typing import Any, BinaryIO

import ijson

from services.ingestion.domain.json_guard import GuardedFile
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, MAX_COLUMNS, FileTooLarge, Record, UnreadableFile

_BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 16
_PLAIN = ("string", "number", "boolean", "null")


def json_records(file: BinaryIO, columns: Sequence[str] = ()) -> Iterator[Record]:
    """The header is every key, in the order in which it first came; a missing key or null is an empty cell.

    Read twice: the keys of the last row may be new. Where there is no row at all, these columns are the header.
    """
    header = _header(file)
    if not header and next(_rows(file), None) is None:
        header = list(columns)
    places = {_normal(name): place for place, name in reversed(list(enumerate(header)))}
    if header:
        yield header
    for row in _rows(file):
        record = [""] * len(header)
        for key, value in row:
            record[places[_normal(key)]] = value
        yield record


def first_row(file: BinaryIO) -> list[tuple[str, str]]:
    """Key by key; nothing of what follows is read."""
    return next(_rows(file), [])


def _normal(name: str) -> str:
    return name.strip().lower()


def _header(file: BinaryIO) -> Record:
    """Two keys of one row that are one name make a double column; too many are said once all was read."""
    header: dict[str, str] = {}
    doubled: dict[str, None] = {}
    for row in _rows(file):
        names: set[str] = set()
        for key, _ in row:
            name = _normal(key)
            if name in names:
                doubled[key] = None
            elif len(header) <= MAX_COLUMNS:
                header.setdefault(name, key)
            names.add(name)
    if len(header) > MAX_COLUMNS:
        raise FileTooLarge("columns")
    return [*header.values(), *doubled]


def _rows(file: BinaryIO) -> Iterator[list[tuple[str, str]]]:
    file.seek(len(_BOM) if _starts_with_bom(file) else 0, SEEK_SET)
    try:
        yield from _rows_of(ijson.basic_parse(GuardedFile(file), buf_size=_PIECE))
    except (ijson.JSONError, ArithmeticError, ValueError) as error:
        raise UnreadableFile("json") from error


def _starts_with_bom(file: BinaryIO) -> bool:
    file.seek(0, SEEK_SET)
    return file.read(3) == _BOM


def _rows_of(events: Iterator[tuple[str, Any]]) -> Iterator[list[tuple[str, str]]]:
    _expect(events, "start_map", None)
    _expect(events, "map_key", "rows")
    _expect(events, "start_array", None)
    for kind, _ in events:
        if kind == "end_array":
            break
        if kind != "start_map":
            raise UnreadableFile("json_shape")
        yield _row(events)
    _expect(events, "end_map", None)
    for _ in events:
        raise UnreadableFile("json")


def _expect(events: Iterator[tuple[str, Any]], kind: str, value: str | None) -> None:
    if next(events, None) != (kind, value):
        raise UnreadableFile("json_shape")


def _row(events: Iterator[tuple[str, Any]]) -> list[tuple[str, str]]:
    row: list[tuple[str, str]] = []
    key = ""
    for kind, value in events:
        if kind == "end_map":
            if len({key for key, _ in row}) < len(row):
                raise UnreadableFile("json_key")
            return row
        if kind == "map_key":
            key = value
        elif kind in _PLAIN:
            if len(row) <= MAX_COLUMNS:  # one too many is enough to be refused
                row.append((key, _written(value)))
        else:
            raise UnreadableFile("json_shape")
    raise UnreadableFile("json")


def _written(value: str | bool | int | Decimal | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and -MAX_CELL_CHARACTERS <= value.adjusted() <= 0:
        return f"{value:f}"  # `0.0000001` has no exponent; one that makes a number large stays, and makes it none
    return str(value).lower() if isinstance(value, bool) else str(value)
