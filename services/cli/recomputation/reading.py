"""Lines read from the original bytes of an accepted CSV file, by a reader of its own."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

Line = tuple[Decimal, ...]
_Record = list[str]

_MEMBER_COLUMN = "organisme"
_GROUPING = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})


class UnreadableKeptFile(ValueError):
    """An accepted file does not read as one: what was kept is not what was accepted."""


def lines_of(content: bytes, measures: tuple[str, ...]) -> Iterator[tuple[str, Line]]:
    """Each line's member, as written, and its figures in the order of `measures`."""
    records = _filled_records(_text_of(content), {_MEMBER_COLUMN, *measures})
    header = next(records, [])
    names = [name.strip().lower() for name in header]
    if missing := {_MEMBER_COLUMN, *measures} - set(names):
        raise UnreadableKeptFile(f"kept file without column {', '.join(sorted(missing))}")
    for record in records:
        cells = dict(zip(names, record, strict=True))
        yield cells[_MEMBER_COLUMN].strip(), tuple(_number(cells[measure]) for measure in measures)


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
