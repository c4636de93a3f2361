"""Reading of ODS: cells and rows that may stand for many, as the table's XML says."""

from collections.abc import Iterator

from services.ingestion.domain.archive import Archive, Attributes, Parser, elements, local
from services.ingestion.domain.grid import Cells, NumberCell
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, FileTooLarge, UnreadableFile

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
# Cells of rows said to come again, ten of each at least: nobody has so many rows that are all alike.
_MOST_REPEATED = 1_000_000
_FEWEST_CELLS = 10
_NUMBERS = ("float", "currency", "percentage")


def is_one(archive: Archive) -> bool:
    return _CONTENT in archive.names and "mimetype" in archive.names


def rows(archive: Archive, name: str) -> Iterator[tuple[int, Cells]]:
    """The rows that are not blank, each with its number, of the table of that name, else of the first."""
    if b"opendocument.spreadsheet" not in archive.whole("mimetype"):
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


class _NamesReader:
    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if local(name) == "table":
            self.names.append(attributes.get("table:name", "").strip().casefold())


class _TableReader:
    """Gathers the rows of one table."""

    def __init__(self, chosen: int) -> None:
        self.found: list[tuple[int, Cells]] = []
        self._tables_to_pass = chosen
        self._inside = False
        self._row = 0
        self._cells: dict[int, str | NumberCell] = {}
        self._place = 0
        self._attributes: Attributes = {}
        self._pieces: list[str] = []
        self._length = self._repeat = self._rows_repeat = 0
        self._in_paragraph = self._in_annotation = 0
        self._repeated = 0

    def start(self, name: str, attributes: Attributes) -> None:
        tag = local(name)
        if tag == "table":
            self._inside = self._tables_to_pass == 0
            self._tables_to_pass -= 1
        elif not self._inside:
            return
        elif tag == "table-row":
            self._cells, self._place = {}, 0
            self._rows_repeat = _times(attributes.get("table:number-rows-repeated"))
        elif tag in ("table-cell", "covered-table-cell"):
            self._begin_cell(attributes)
        elif tag == "annotation":
            self._in_annotation += 1
        elif not self._in_annotation:
            self._in_text(tag, attributes)

    def _begin_cell(self, attributes: Attributes) -> None:
        if "table:formula" in attributes:
            raise UnreadableFile("formula")
        self._attributes, self._pieces, self._length = attributes, [], 0
        self._repeat = _times(attributes.get("table:number-columns-repeated"))

    def _in_text(self, tag: str, attributes: Attributes) -> None:
        if tag in ("p", "h"):
            self._in_paragraph += 1
            if self._pieces:
                self._add("\n")
        elif tag == "s":
            self._add(" " * min(_times(attributes.get("text:c")), MAX_CELL_CHARACTERS + 1))
        elif tag == "tab":
            self._add("\t")
        elif tag == "line-break":
            self._add("\n")

    def text(self, piece: str) -> None:
        if self._inside and self._in_paragraph and not self._in_annotation:
            self._add(piece)

    def _add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > MAX_CELL_CHARACTERS:
            raise FileTooLarge("cell")
        self._pieces.append(piece)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "table":
            self._inside = False
        elif not self._inside:
            return
        elif tag == "annotation":
            self._in_annotation -= 1
        elif tag in ("p", "h") and not self._in_annotation:
            self._in_paragraph -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif tag == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell != "":
            if self._place + self._repeat > MAX_COLUMNS:
                raise FileTooLarge("columns")
            self._cells |= {self._place + n: cell for n in range(self._repeat)}
        self._place += self._repeat

    def _cell(self) -> str | NumberCell:
        kind = self._attributes.get("office:value-type", "")
        if kind in _NUMBERS:
            try:
                return NumberCell(float(self._attributes["office:value"]))
            except (KeyError, ValueError) as error:
                raise UnreadableFile("workbook") from error
        if kind == "date":
            return self._attributes.get("office:date-value", "").removesuffix("T00:00:00")[:MAX_CELL_CHARACTERS]
        if kind == "boolean":
            return "VRAI" if self._attributes.get("office:boolean-value") == "true" else "FAUX"
        return "".join(self._pieces)

    def _end_row(self) -> None:
        """Rows repeated are blank at the end of most sheets; those that hold something are so many rows."""
        if any(not isinstance(cell, str) or cell.strip() for cell in self._cells.values()):
            self._repeated += (self._rows_repeat - 1) * max(_FEWEST_CELLS, len(self._cells))
            if self._row + self._rows_repeat > MAX_ROWS + 1 or self._repeated > _MOST_REPEATED:
                raise FileTooLarge("rows")
            self.found += [(self._row + n, self._cells) for n in range(1, self._rows_repeat + 1)]
        self._row += self._rows_repeat


def _times(written: str | None) -> int:
    try:
        times = int(written or 1)
    except ValueError as error:
        raise UnreadableFile("workbook") from error
    if times < 1:
        raise UnreadableFile("workbook")
    return times
