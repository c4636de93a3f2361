"""Reading of CSV: bytes to text, text to records, by the rules of the format and nothing guessed."""

import codecs
import csv
import re
import weakref
from collections.abc import Iterable, Iterator
from io import SEEK_SET, TextIOWrapper
from itertools import chain, islice
from operator import methodcaller
from typing import BinaryIO

from services.ingestion.domain.sheet import Columns, FileTooLarge, Record, UnreadableFile, in_columns

SEPARATORS = (";", ",", "\t")
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 20
_LONGEST_CELL = 1 << 20
# Characters of lines without quotes; records of others, few enough for cells as long as they may be.
_TOGETHER = 1 << 16
_QUOTED_TOGETHER = 100
# The same bytes in both encodings; those above are looked for only where there is more than ASCII.
_CONTROL_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_CONTROL_CHARACTER = re.compile(r"[\x80-\x9f]")
_BLANK_LINES = re.compile(r'[\s;,"]*+')
_HEADER = re.compile(r'(?:[^"\n]++|"[^"]*+")*+')
_QUOTED_PART = re.compile(r'"[^"]*+"')


class CsvRecords(Iterator[Record]):
    """The records of a CSV file, a piece of it in memory at a time; UnreadableFile or FileTooLarge where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        encoding = _encoding(file)
        file.seek(0, SEEK_SET)
        self._text = TextIOWrapper(file, encoding=encoding, newline="\n")
        weakref.finalize(self, self._text.detach)  # else the file would be closed with it
        self._separator = separator_of(self._text.read(_LONGEST_HEADER))
        self._text.seek(0)
        self._records = _cut(self._text, self._separator)

    def __next__(self) -> Record:
        return next(self._records)

    def together(self, width: int) -> Iterator[Columns | list[Record]]:
        """Lines without quotes are records, many of which are cut at once."""
        while lines := self._text.readlines(_TOGETHER):
            text = "".join(lines)
            if '"' in text or len(text) > _LONGEST_CELL or text.count("\r") != text.count("\r\n"):
                yield from _in_parts(_cut(chain(lines, self._text), self._separator), width)
                return
            yield self._cut_at_once(lines, text, width)

    def _cut_at_once(self, lines: list[str], text: str, width: int) -> Columns | list[Record]:
        if set(map(methodcaller("count", self._separator), lines)) != {width - 1}:
            return list(_cut(lines, self._separator))
        text = text.replace("\r\n", "\n").removesuffix("\n")
        cells = text.replace("\n", self._separator).split(self._separator)
        return Columns([cells[place::width] for place in range(width)])


def _in_parts(records: Iterator[Record], width: int) -> Iterator[Columns | list[Record]]:
    while some := list(islice(records, _QUOTED_TOGETHER)):
        yield in_columns(some, width)


def _encoding(file: BinaryIO) -> str:
    """UTF-8 with or without BOM, else Windows-1252, which leaves five bytes undefined."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            _refuse_control_characters(file, encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("bytes")


def _refuse_control_characters(file: BinaryIO, encoding: str) -> None:
    """Reads the file to its end; what cannot be decoded is found before what must not be there."""
    # With the signature, a file cut within it would read as empty.
    decoder = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))()
    found = False
    file.seek(0, SEEK_SET)
    while piece := file.read(_CHUNK):
        text = decoder.decode(piece)
        found = found or len(piece.translate(None, _CONTROL_BYTES)) < len(piece)
        found = found or (not text.isascii() and bool(_CONTROL_CHARACTER.search(text)))
    decoder.decode(b"", final=True)
    if found:
        raise UnreadableFile("control_character")


def separator_of(text: str) -> str:
    """The one that parts most of the header's cells; what stands in quotes parts nothing."""
    header = _HEADER.match(text, _start_of_header(text))
    unquoted = _QUOTED_PART.sub("", header[0] if header else "")
    return max(SEPARATORS, key=unquoted.count)


def _start_of_header(text: str) -> int:
    """Where the line begins that holds the first character of a name."""
    blank = _BLANK_LINES.match(text)
    return text.rfind("\n", 0, blank.end() if blank else 0) + 1


def _cut(text: Iterable[str], separator: str) -> Iterator[Record]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(text, delimiter=separator, strict=True)
    except csv.Error as error:
        if "field larger" in str(error):
            raise FileTooLarge("cell") from None
        raise UnreadableFile("line_end" if "new-line" in str(error) else "quotes") from None
