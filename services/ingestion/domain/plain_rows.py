"""Plain rows: the rows of an XLSX as nearly all programs write them, whose cells need no parser of XML."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from services.ingestion.domain.archive import Parser
from services.ingestion.domain.grid import Cell, Cells
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, FileRefused

_START = b"<row"
_END = b"</row>"
_LONGEST_ROW = 1 << 18
_MOST_REMEMBERED = 50_000
# Nothing that XML reads as something else: no entity, no line end, no character that it forbids.
_TEXT = r"[^<>&\x00-\x1f\ufffe\uffff]*+"
_HELD = (
    r'"(?: s="([0-9]{1,5}+)")?+(?: t="(s|n|b|str|inlineStr)")?+'
    rf'(?:/>|>(?:<v>({_TEXT})</v>|<is><t(?: xml:space="preserve")?+>({_TEXT})</t></is>)?+</c>)'
)
_HELD_BY_A_CELL = re.compile(_HELD)
_BEFORE = '<c r="'
_CELL = re.compile(f"{_BEFORE}([A-Z]{{1,3}}+)([0-9]{{1,7}}+)({re.sub('[(](?![?])', '(?:', _HELD)})")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding=["']([^"']*)""")


class Reader(Protocol):
    """Who reads the sheet, element by element."""

    def place(self, letters: str) -> int:
        """Of a column, from 0."""

    def cell(self, kind: str, style: int, written: str) -> Cell:
        """What a cell holds."""

    def take(self, line: str, cells: Cells) -> bool:
        """Cells of the row of that number, which has just begun; False where none such has."""


class _Known(dict[str, Cell]):
    """Cells by what is written in them. Most come back, so each is read once."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, written: str) -> Cell:
        held = _HELD_BY_A_CELL.fullmatch(written)
        assert held
        style, kind, value, text = held.groups(default="")
        if len(value) > MAX_CELL_CHARACTERS or len(text) > MAX_CELL_CHARACTERS:
            raise ValueError
        found = self._reader.cell(kind or "n", int(style or 0), value or text) if value or text else ""
        if len(self) < _MOST_REMEMBERED:
            self[written] = found
        return found


class PlainRows:
    """Stands before the parser of a sheet: hands the cells of plain rows to the reader, and all else to the parser.

    The parser gets the row itself, without its cells, so that it alone knows where one is; what is written in any other
    way, and what is wrong, goes to it unchanged, so that both ways read the same.
    """

    def __init__(self, parser: Parser, reader: Reader) -> None:
        self._parser, self._reader = parser, reader
        self._known = _Known(reader)
        self._rest = b""
        self._is_first = self._is_utf8 = True
        self._letters: Sequence[str] = ()
        self._places: list[int] = []

    def feed(self, piece: bytes) -> None:
        if self._is_first:
            self._is_first = False
            declared = _ENCODING.match(piece.removeprefix(b"\xef\xbb\xbf"))
            self._is_utf8 = declared is None or declared[1].lower() == b"utf-8"
        if not self._is_utf8:
            self._parser.feed(piece)
            return
        *rows, self._rest = (self._rest + piece).split(_END)
        for row in rows:
            self._feed_row(row)
        if len(self._rest) > _LONGEST_ROW:
            self._parser.feed(self._rest)
            self._rest = b""

    def end(self) -> None:
        self._parser.feed(self._rest, final=True)

    def _feed_row(self, row: bytes) -> None:
        start = row.rfind(_START)
        cells_at = row.find(b">", start) + 1
        cells = self._cells(row[cells_at:]) if start >= 0 and cells_at else None
        if cells is None:
            self._parser.feed(row + _END)
            return
        self._parser.feed(row[:cells_at])
        line, found = cells
        self._parser.feed(_END if self._reader.take(line, found) else row[cells_at:] + _END)

    def _cells(self, written: bytes) -> tuple[str, Cells] | None:
        """The number of their row and what they hold, by column; None where they are not plain."""
        try:
            text = written.decode()
            letters, lines, held = zip(*_CELL.findall(text), strict=True)  # ValueError where there is none
            if letters != self._letters:
                self._letters, self._places = letters, _rising([self._reader.place(one) for one in letters])
            line, many = lines[0], len(lines)
            length = many * (len(_BEFORE) + len(line)) + len("".join(letters)) + len("".join(held))
            if lines.count(line) != many or length != len(text):
                return None
            cells = list(map(self._known.__getitem__, held))
            found = dict(zip(self._places, cells, strict=True))
            return line, {place: cell for place, cell in found.items() if cell != ""} if "" in cells else found
        except (ValueError, FileRefused):
            return None


def _rising(places: list[int]) -> list[int]:
    """Raises ValueError where one does not come after the one before."""
    if any(one >= other for one, other in pairwise(places)):
        raise ValueError
    return places
