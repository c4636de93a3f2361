"""CSV, read one character after the other: RFC 4180 with the format's separators, encodings and line ends."""

import unicodedata
from collections.abc import Iterator

from tests.soak.reference.grid import Grid, NotRead, grid_of

_LONGEST_QUOTED = 1 << 20


def read_csv(content: bytes) -> Grid:
    text = _decoded(content)
    if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in set(text)):
        raise NotRead
    return grid_of(enumerate(_records(text, _separator(text)), start=1))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise NotRead from None


def _separator(text: str) -> str:
    """That which comes most often in the header, outside of quotes."""
    counts = dict.fromkeys(";,\t", 0)
    quoted = named = False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character == "\n" and not quoted:
            if named:
                break
            counts = dict.fromkeys(counts, 0)
        elif character in counts and not quoted:
            counts[character] += 1
        if character not in ';,"' and not character.isspace():
            named = True
    return max(counts, key=lambda separator: counts[separator])


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reading = _Reading(separator)
    for character in text:
        if reading.take(character):
            yield reading.taken()
    yield from reading.last()


class _Reading:
    """Where one is: at a cell's beginning, inside a bare or a quoted one, after a quote, after a carriage return."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._record: list[str] = []
        self._cell: list[str] = []
        self._at = "start"

    def take(self, character: str) -> bool:
        """Whether the character ends a record."""
        if self._at == "quoted":
            if character == '"':
                self._at = "quote"
            else:
                self._cell.append(character)
            return False
        if self._at == "return" and character not in "\r\n":
            raise NotRead
        if character == "\n":
            return True
        if character == "\r":
            self._at = "return"
        elif character == self._separator:
            self._end_cell()
        else:
            self._take_inside(character)
        return False

    def _take_inside(self, character: str) -> None:
        if character == '"' and self._at == "quote":
            self._cell.append('"')
            self._at = "quoted"
        elif self._at == "quote":
            raise NotRead
        elif character == '"' and self._at == "start":
            self._at = "quoted"
        else:
            self._cell.append(character)
            self._at = "bare"

    def _end_cell(self) -> None:
        if len(self._cell) > _LONGEST_QUOTED:
            raise NotRead("too_large")
        self._record.append("".join(self._cell))
        self._cell, self._at = [], "start"

    def taken(self) -> list[str]:
        """The record, a line without anything being one without cells."""
        if self._record or self._cell or self._at not in ("start", "return"):
            self._end_cell()
        record, self._record, self._at = self._record, [], "start"
        return record

    def last(self) -> Iterator[list[str]]:
        if self._at == "quoted":
            raise NotRead
        if self._record or self._cell or self._at != "start":
            yield self.taken()
