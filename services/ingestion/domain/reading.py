"""Reading of a CSV file: bytes to text, text to records, by the rules of the format and nothing guessed."""

import re
from collections.abc import Iterator

from services.ingestion.domain.sheet import MAX_BYTES, FileTooLarge, Record, Sheet, UnreadableFile, sheet_of

SEPARATORS = (";", ",", "\t")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r'[\s;,"]*+')
_HEADER = re.compile(r'(?:[^"\n]++|"[^"]*+")*+')
_QUOTED_PART = re.compile(r'"[^"]*+"')


def read_csv(content: bytes) -> Sheet:
    """The sheet that a CSV file holds; UnreadableFile or FileTooLarge where it holds none."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge("bytes")
    text = _decoded(content)
    if _CONTROL_CHARACTER.search(text):
        raise UnreadableFile("control_character")
    return sheet_of(Records(text, separator_of(text)))


def _decoded(content: bytes) -> str:
    """UTF-8 with or without BOM, else Windows-1252, which leaves five bytes undefined."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("bytes")


def separator_of(text: str) -> str:
    """The one that parts most of the header's cells; what stands in quotes parts nothing."""
    header = _HEADER.match(text, _start_of_header(text))
    unquoted = _QUOTED_PART.sub("", header[0] if header else "")
    return max(SEPARATORS, key=unquoted.count)


def _start_of_header(text: str) -> int:
    """Where the line begins that holds the first character of a name."""
    blank = _BLANK_LINES.match(text)
    return text.rfind("\n", 0, blank.end() if blank else 0) + 1


class Records:
    """The records of a CSV text, cut anew on each pass, so that a large file is never held twice."""

    def __init__(self, text: str, separator: str) -> None:
        self._text = text
        self._separator = separator
        part = re.escape(separator)
        self._cell = re.compile(
            rf'(?:"([^"]*+(?:""[^"]*+)*+)"|([^"{part}\r\n][^{part}\r\n]*+|))({part}|\r*+\n|\r*+\Z)',
        )

    def __iter__(self) -> Iterator[Record]:
        position = 0
        while position < len(self._text):
            end = self._text.find("\n", position)
            line = self._text[position:] if end < 0 else self._text[position:end]
            if '"' in line:
                record, position = self._record_with_quotes(position)
            else:
                record, position = self._plain_record(line), position + len(line) + 1
            yield record

    def _plain_record(self, line: str) -> Record:
        line = line.rstrip("\r")
        if "\r" in line:
            raise UnreadableFile("line_end")
        return line.split(self._separator)

    def _record_with_quotes(self, position: int) -> tuple[Record, int]:
        """A cell in quotes may hold separators, line breaks and doubled quotes; the record ends outside of them."""
        record: Record = []
        while found := self._cell.match(self._text, position):
            quoted, bare, end = found.groups()
            record.append(bare if quoted is None else quoted.replace('""', '"'))
            position = found.end()
            if end != self._separator:
                return record, position
        raise UnreadableFile("quotes")
