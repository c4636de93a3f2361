"""Reading of ODS: cells and rows that may stand for many, as the table's XML says."""

from collections.abc import Iterator
from functools import lru_cache

from services.ingestion.domain.archive import Archive, Attributes, Parser, elements
from services.ingestion.domain.grid import Cell, Cells, NumberCell, bounded, is_number
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, FileTooLarge, UnreadableFile

_TYPES = tuple(b"application/vnd.oasis.opendocument.spreadsheet" + end for end in (b"", b"-template"))
_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
# Cells of rows said to come again, ten of each at least: nobody has so many rows that are all alike.
_MOST_REPEATED = 1_000_000
_FEWEST_CELLS = 10
_NUMBERS = ("float", "currency", "percentage")
_NAMESPACES = {f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0": name for name in ("office", "table", "text")}
_PARAGRAPHS = ("text:p", "text:h")
_CHARACTERS = {"text:tab": "\t", "text:line-break": "\n"}
_LONGEST_COUNT = 20
_CELLS = ("table:table-cell", "table:covered-table-cell")


def is_one(archive: Archive) -> bool:
    return _CONTENT in archive.names and "mimetype" in archive.names


def rows(archive: Archive, name: str) -> Iterator[tuple[int, Cells]]:
    """The rows that are not blank, each with its number, of the table of that name, else of the first."""
    if archive.whole("mimetype").strip() not in _TYPES:
        raise UnreadableFile("kind")
    if _MANIFEST in archive.names:
        tags = {tag for tag, _ in elements(_without_doctype(archive.whole(_MANIFEST)))}
        if "encryption-data" in tags:
            raise UnreadableFile("encrypted")
    yield from _rows_of(archive, _TableReader(_chosen(archive, name)))


def _without_doctype(content: bytes) -> bytes:
    """The manifest of older programs names its document type, without entities."""
    before, found, after = content.partition(b"<!DOCTYPE")
    return before + after.partition(b">")[2] if found else content


def sheet_names(archive: Archive) -> list[str]:
    """In their order, as they are compared with a form's."""
    finder = _NamesReader()
    for _ in archive.parse(_CONTENT, Parser(finder.start, lambda _: None)):
        pass
    return finder.names


def _chosen(archive: Archive, name: str) -> int:
    """The place of the table of that name among the others, else the first."""
    names = sheet_names(archive)
    if not names:
        raise UnreadableFile("workbook")
    return names.index(name.casefold()) if name.casefold() in names else 0


def _rows_of(archive: Archive, reader: "_TableReader") -> Iterator[tuple[int, Cells]]:
    for _ in archive.parse(_CONTENT, Parser(reader.start, reader.end, reader.text)):
        yield from reader.found
        reader.found.clear()


@lru_cache(maxsize=4096)
def _usual(name: str) -> str:
    """A name with the prefix that most programs give to its namespace, whatever the file's own."""
    namespace, _, local = name.rpartition(":")
    return f"{_NAMESPACES[namespace]}:{local}" if namespace in _NAMESPACES else name


def _usually(attributes: Attributes) -> Attributes:
    return {_usual(name): value for name, value in attributes.items()}


class _NamesReader:
    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if _usual(name) == "table:table":
            self.names.append(_usually(attributes).get("table:name", "").strip().casefold())


class _TableReader:
    """Gathers the rows of one table."""

    def __init__(self, chosen: int) -> None:
        self.found: list[tuple[int, Cells]] = []
        self._tables_to_pass = chosen
        self._inside = False
        self._row = 0
        self._cells: Cells = {}
        self._place = 0
        self._attributes: Attributes = {}
        self._pieces: list[str] = []
        self._length = self._repeat = self._rows_repeat = 0
        self._in_cell = self._in_paragraph = False
        self._beside = 0  # how deep in what is no text of the cell: a note, a drawing
        self._repeated = 0

    def start(self, name: str, attributes: Attributes) -> None:
        tag = _usual(name)
        if tag == "table:table":
            self._inside = self._tables_to_pass == 0
            self._tables_to_pass -= 1
        elif not self._inside:
            return
        elif self._beside:
            self._beside += 1
        elif self._in_cell:
            self._start_in_cell(tag, attributes)
        elif tag == "table:table-row":
            self._cells, self._place = {}, 0
            self._rows_repeat = _times(_usually(attributes).get("table:number-rows-repeated"))
        elif tag in _CELLS:
            self._begin_cell(_usually(attributes))

    def _begin_cell(self, attributes: Attributes) -> None:
        if "table:formula" in attributes:
            raise UnreadableFile("formula")
        self._in_cell, self._in_paragraph = True, False
        self._attributes, self._pieces, self._length = attributes, [], 0
        self._repeat = _times(attributes.get("table:number-columns-repeated"))

    def _start_in_cell(self, tag: str, attributes: Attributes) -> None:
        if tag in _PARAGRAPHS and not self._in_paragraph:
            self._in_paragraph = True
            if self._pieces:
                self._add("\n")
        elif not self._in_paragraph or not tag.startswith("text:"):
            self._beside = 1
        elif tag == "text:s":
            self._add(" " * min(_times(_usually(attributes).get("text:c")), MAX_CELL_CHARACTERS + 1))
        elif tag in _CHARACTERS:
            self._add(_CHARACTERS[tag])

    def text(self, piece: str) -> None:
        if self._inside and self._in_paragraph and not self._beside:
            self._add(piece)

    def _add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > MAX_CELL_CHARACTERS:
            raise FileTooLarge("cell")
        self._pieces.append(piece)

    def end(self, name: str) -> None:
        tag = _usual(name)
        if tag == "table:table":
            self._inside = False
        elif not self._inside:
            return
        elif self._beside:
            self._beside -= 1
        elif tag in _PARAGRAPHS:
            self._in_paragraph = False
        elif tag in _CELLS:
            self._in_cell = False
            self._end_cell()
        elif tag == "table:table-row":
            self._end_row()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell != "":
            if self._place + self._repeat > MAX_COLUMNS:
                raise FileTooLarge("columns")
            self._cells |= {self._place + n: cell for n in range(self._repeat)}
        self._place += self._repeat

    def _cell(self) -> Cell:
        kind = self._attributes.get("office:value-type", "")
        if kind in _NUMBERS:
            if not is_number(value := self._attributes.get("office:value", "")):
                raise UnreadableFile("workbook")
            return NumberCell(float(value))
        if kind == "date":
            return self._attributes.get("office:date-value", "").removesuffix("T00:00:00")[:MAX_CELL_CHARACTERS]
        if kind == "boolean":
            return "VRAI" if self._attributes.get("office:boolean-value") == "true" else "FAUX"
        return bounded([self._attributes.get("office:string-value", "".join(self._pieces))])

    def _end_row(self) -> None:
        """Rows repeated are blank at the end of most sheets; those that hold something are so many rows."""
        if any(not isinstance(cell, str) or cell.strip() for cell in self._cells.values()):
            self._repeated += (self._rows_repeat - 1) * max(_FEWEST_CELLS, len(self._cells))
            if self._row + self._rows_repeat > MAX_ROWS + 1 or self._repeated > _MOST_REPEATED:
                raise FileTooLarge("rows")
            self.found += [(self._row + n, self._cells) for n in range(1, self._rows_repeat + 1)]
        self._row += self._rows_repeat


def _times(written: str | None) -> int:
    written = written or "1"
    if not (written.isascii() and written.isdigit() and len(written) < _LONGEST_COUNT and int(written) > 0):
        raise UnreadableFile("workbook")
    return int(written)
