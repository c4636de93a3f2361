"""Reading of CSV: bytes to text, text to records, by the rules of the format and nothing guessed."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import SEEK_SET, TextIOWrapper
from typing import BinaryIO

from services.ingestion.domain.sheet import FileTooLarge, Record, UnreadableFile

SEPARATORS = (";", ",", "\t")
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 20
_LONGEST_CELL = 1 << 20
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r'[\s;,"]*+')
_HEADER = re.compile(r'(?:[^"\n]++|"[^"]*+")*+')
_QUOTED_PART = re.compile(r'"[^"]*+"')


def csv_records(file: BinaryIO) -> Iterator[Record]:
    """The records of a CSV file, a piece of it in memory at a time; UnreadableFile or FileTooLarge where it is none."""
    encoding = _encoding(file)
    file.seek(0, SEEK_SET)
    text = TextIOWrapper(file, encoding=encoding, newline="\n")
    try:
        separator = separator_of(text.read(_LONGEST_HEADER))
        text.seek(0)
        yield from _cut(text, separator)
    finally:
        text.detach()


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
        found = found or bool(_CONTROL_CHARACTER.search(text))
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


def _cut(text: TextIOWrapper, separator: str) -> Iterator[Record]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(text, delimiter=separator, strict=True)
    except csv.Error as error:
        if "field larger" in str(error):
            raise FileTooLarge("cell") from None
        raise UnreadableFile("line_end" if "new-line" in str(error) else "quotes") from None
