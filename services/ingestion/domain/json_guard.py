"""A guard before the parser of JSON: it stops what the parser would not survive, or would read as something else."""

import re
from typing import BinaryIO

from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, FileTooLarge, UnreadableFile

_DIGITS = frozenset(b"0123456789")
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_CELL_CHARACTERS + 1))
_STEP = MAX_CELL_CHARACTERS // 2
_ESCAPE = re.compile(rb"\\(?:u[dD](?:([89abAB])|([c-fC-F]))[0-9a-fA-F]{2}|.)", re.DOTALL)
_LONGEST_ESCAPE = 6


class GuardedFile:
    """A file that is read through here raises FileRefused where it holds such a thing.

    The parser ends the whole process at a number of thousands of digits, and makes half a character another one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._tail = b""
        self._is_half = self._is_over = False

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        _refuse_long_numbers(piece)
        if b"\\" in piece or self._tail:
            self._refuse_half_characters(self._tail + piece, is_last=not piece)
        if piece or size == 0 or self._is_over:
            return piece
        # A text begun after the end of all is passed over unless it ends; by itself this one never does.
        self._is_over = True
        return b'"'

    def _refuse_half_characters(self, text: bytes, *, is_last: bool) -> None:
        """An escape that may go on in the next piece is looked at with it."""
        seen, end = 0, len(text) if is_last else len(text) - _LONGEST_ESCAPE
        for escape in _ESCAPE.finditer(text):
            if escape.start() >= end:
                break
            first, second = escape.groups()
            is_pair = self._is_half and escape.start() == seen
            if is_pair != bool(second) or is_pair != self._is_half:
                raise UnreadableFile("json")
            self._is_half, seen = bool(first), escape.end()
        at = max(seen, end)
        if self._is_half and (at > seen or is_last):
            raise UnreadableFile("json")
        self._tail = text[at:]


def _refuse_long_numbers(piece: bytes) -> None:
    """A number of thousands of digits holds one at every step; ordinary files are looked at nowhere else."""
    for place in range(0, len(piece), _STEP):
        if piece[place] in _DIGITS and _LONG_NUMBER.search(piece, max(0, place - _STEP), place + 2 * _STEP):
            raise FileTooLarge("cell")
