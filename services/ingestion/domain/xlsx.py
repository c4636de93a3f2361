"""Reading of XLSX: cells as they stand in the sheet's XML, which alone says how many there are."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import join, normpath

from services.ingestion.domain.archive import Archive, Attributes, Parser, elements
from services.ingestion.domain.grid import Cell, Cells, NumberCell, bounded, day_of_serial
from services.ingestion.domain.plain_rows import PlainRows
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, FileTooLarge, UnreadableFile

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_WORKBOOK = "xl/workbook.xml"
_MOST_SHARED_CHARACTERS = 100_000_000
# What a sheet can have, blank ones among them.
_MOST_PLACES = 16_384
_MOST_ROWS = 1_048_576
_DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_NOT_A_DATE_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|General|Standard', re.IGNORECASE)
_COLUMN = re.compile(r"[A-Z]{1,3}")
_TYPES_AS_WRITTEN = ("str", "inlineStr", "d", "e")
_DATE_PART = re.compile(r"[ymdhs]", re.IGNORECASE)


def is_one(archive: Archive) -> bool:
    return _WORKBOOK in archive.names


def sheet_names(archive: Archive) -> list[str]:
    """In their order, as they are compared with a form's."""
    return list(_sheets(elements(archive.whole(_WORKBOOK))))


def rows(archive: Archive, name: str) -> Iterator[tuple[int, Cells]]:
    """The rows that are not blank, each with its number, of the sheet of that name, else of the first."""
    book = elements(archive.whole(_WORKBOOK))
    if b"macroEnabled" in archive.whole("[Content_Types].xml"):
        raise UnreadableFile("macro")
    properties = next((attributes for tag, attributes in book if tag == "workbookPr"), {})
    part = _part_of_sheet(archive, book, name)
    if part not in archive.names:
        raise UnreadableFile("workbook")
    reader = _SheetReader(
        _shared_strings(archive), _date_styles(archive), from_1904=properties.get("date1904") in ("1", "true")
    )
    parser = PlainRows(Parser(reader.start, reader.end, reader.text), reader)
    for piece in archive.pieces(part):
        parser.feed(piece)
        yield from reader.found
        reader.found.clear()
    parser.end()
    yield from reader.found


def _sheets(book: list[tuple[str, Attributes]]) -> dict[str, Attributes]:
    return {attributes.get("name", "").strip().casefold(): attributes for tag, attributes in book if tag == "sheet"}


def _part_of_sheet(archive: Archive, book: list[tuple[str, Attributes]], name: str) -> str:
    sheets = _sheets(book)
    if not sheets:
        raise UnreadableFile("workbook")
    chosen = sheets.get(name.casefold()) or next(iter(sheets.values()))
    related = {
        attributes.get("Id"): attributes.get("Target", "")
        for _, attributes in elements(archive.whole("xl/_rels/workbook.xml.rels"))
    }
    target = related.get(chosen.get("id"), "")
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def _date_styles(archive: Archive) -> frozenset[int]:
    """The styles, by their place, in which a number is shown as a date."""
    if "xl/styles.xml" not in archive.names:
        return frozenset()
    formats: set[int] = set(_DATE_FORMATS)
    styles: list[int] = []
    in_cells = False
    for tag, attributes in elements(archive.whole("xl/styles.xml", 16 << 20)):
        if tag == "numFmt" and _DATE_PART.search(_NOT_A_DATE_PART.sub("", attributes.get("formatCode", ""))):
            formats.add(int(attributes.get("numFmtId", "-1")))
        elif tag in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
            in_cells = tag == "cellXfs"
        elif tag == "xf" and in_cells:
            styles.append(int(attributes.get("numFmtId", "0")))
    return frozenset(place for place, number in enumerate(styles) if number in formats)


def _shared_strings(archive: Archive) -> list[str]:
    part = next((name for name in archive.names if name.casefold() == "xl/sharedstrings.xml"), None)
    if part is None:
        return []
    reader = _StringsReader()
    for _ in archive.parse(part, Parser(reader.start, reader.end, reader.text)):
        if reader.size > _MOST_SHARED_CHARACTERS:
            raise FileTooLarge("unpacked")
    return reader.strings


@lru_cache(maxsize=4096)
def _own(name: str) -> str:
    """An element of a sheet without its namespace; nothing of what others have put there is a cell, or a formula."""
    namespace, _, local = name.rpartition(":")
    return local if namespace in _NAMESPACES else ""


class _StringsReader:
    """Gathers the shared strings; what is spoken beside a text is no part of it."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.size = 0
        self._pieces: list[str] = []
        self._length = 0
        self._in_text = self._in_speech = False

    def start(self, name: str, _: Attributes) -> None:
        tag = _own(name)
        if tag == "si":
            self._pieces, self._length = [], 0
        elif tag == "rPh":
            self._in_speech = True
        self._in_text = tag == "t" and not self._in_speech

    def text(self, piece: str) -> None:
        # What is longer than a cell may be is kept just long enough to be refused where it is used.
        if self._in_text and self._length <= MAX_CELL_CHARACTERS:
            self._pieces.append(piece[: MAX_CELL_CHARACTERS + 1])
            self._length += len(piece)

    def end(self, name: str) -> None:
        tag = _own(name)
        self._in_text = False
        if tag == "rPh":
            self._in_speech = False
        elif tag == "si":
            text = "".join(self._pieces)
            self.strings.append(text)
            self.size += len(text) + 100


class _Places(dict[str, int]):
    """The columns by what a reference says before its row: A is 0."""

    def __missing__(self, letters: str) -> int:
        if not _COLUMN.fullmatch(letters):
            raise UnreadableFile("workbook")
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - 64
        return self.setdefault(letters, place - 1)


class _SheetReader:
    """Gathers the rows of a sheet."""

    def __init__(self, strings: list[str], date_styles: frozenset[int], *, from_1904: bool) -> None:
        self.found: list[tuple[int, Cells]] = []
        self._strings, self._date_styles, self._from_1904 = strings, date_styles, from_1904
        self._places = _Places()
        self._line = ""
        self._row = 0
        self._cells: Cells = {}
        self._place = -1
        self._type, self._style = "n", 0
        self._pieces: list[str] = []
        self._length = 0
        self._in_value = self._in_speech = self._has_just_begun = False

    def start(self, name: str, attributes: Attributes) -> None:
        tag = _own(name)
        self._has_just_begun = tag == "row"
        if tag == "c":
            reference = attributes.get("r")
            if reference is None:
                place = self._place + 1
            elif reference.endswith(self._line):
                place = self._places[reference.removesuffix(self._line)]
            else:
                raise UnreadableFile("workbook")  # of another row: some programs read it there, others here
            if place <= self._place or place >= _MOST_PLACES:
                self._refuse_place(place)
            self._place = place
            self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._pieces, self._length = [], 0
        elif tag in ("v", "t"):
            self._in_value = not self._in_speech
        elif tag == "rPh":
            self._in_speech = True
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            raise UnreadableFile("formula")

    def text(self, piece: str) -> None:
        if self._in_value:
            self._length += len(piece)
            if self._length > MAX_CELL_CHARACTERS:
                raise FileTooLarge("cell")
            self._pieces.append(piece)

    def end(self, name: str) -> None:
        tag = _own(name)
        self._has_just_begun = False
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "rPh":
            self._in_speech = False
        elif tag == "c":
            if self._pieces and (cell := self.cell(self._type, self._style, "".join(self._pieces))) != "":
                self._cells[self._place] = cell
        elif tag == "row" and any(not isinstance(cell, str) or cell.strip() for cell in self._cells.values()):
            self.found.append((self._row, self._cells))

    def _refuse_place(self, place: int) -> None:
        if place >= _MOST_PLACES:
            raise FileTooLarge("columns")
        raise UnreadableFile("workbook")

    def _begin_row(self, attributes: Attributes) -> None:
        row = int(attributes.get("r", self._row + 1))
        if row <= self._row:
            raise UnreadableFile("workbook")
        if row > _MOST_ROWS:
            raise FileTooLarge("rows")
        self._row, self._line, self._cells, self._place = row, str(row), {}, -1

    def place(self, letters: str) -> int:
        place = self._places[letters]
        if place >= _MOST_PLACES:
            raise FileTooLarge("columns")
        return place

    def take(self, line: str, cells: Cells) -> bool:
        """Cells read by somebody else, at once, of the row of that number; False where none such has just begun."""
        if not self._has_just_begun or line != self._line or self._in_speech:
            return False
        self._cells = cells
        return True

    def cell(self, kind: str, style: int, written: str) -> Cell:
        if kind == "s":
            return bounded([self._strings[_place(written, len(self._strings))]])
        if kind == "n":
            return self._number(written, style)
        if kind == "b":
            return "VRAI" if written == "1" else "FAUX"
        if kind not in _TYPES_AS_WRITTEN:
            raise UnreadableFile("workbook")
        return written.removesuffix("T00:00:00") if kind == "d" else written

    def _number(self, written: str, style: int) -> Cell:
        try:
            value = float(written)
        except ValueError:
            return written
        # Neither infinite nor not a number, and no more than XML takes for one.
        if value - value != 0 or "_" in written or not written.isascii():
            return written
        if style in self._date_styles:
            return day_of_serial(value, from_1904=self._from_1904)
        return NumberCell(value)


def _place(written: str, many: int) -> int:
    place = int(written)
    if not 0 <= place < many:
        raise UnreadableFile("workbook")
    return place
