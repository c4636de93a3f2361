"""The annotated workbook: the cells received, those at fault coloured and commented, and the list of findings."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.ingestion.domain.files import read_sheet
from services.ingestion.domain.marks import Marks, places_in_header, places_in_row
from services.ingestion.domain.sheet import MAX_COLUMNS
from services.ingestion.domain.verdict_told import SEVERITIES, Finding
from shared.forms import Form
from shared.report.inert import inert
from shared.report.xlsx import CREATED

HEADINGS = ("Ligne", "Colonne", "Gravité", "Code", "Erreur", "Valeur reçue", "Attendu", "Explication")
LIST, EXCERPT = "Erreurs", "Lignes en erreur"
_WIDTHS = (8, 28, 14, 25, 26, 22, 38, 46)
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_STYLES: dict[str, dict[str, object]] = {
    "head": {"bold": True, "bg_color": "#E8EEF0", "bottom": 1},
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True},
    "text": {"text_wrap": True, "valign": "top"},
    "number": {"valign": "top", "align": "center"},
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
}
_ROW_HEIGHT = 15
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NARROWEST, _WIDEST = 14, 40
_SAID_EVERY, _PIECE = 5_000, 1 << 20
_COMMENT_WIDTH, _COMMENT_CHARACTERS, _COMMENT_LINE = 330, 44, 20


@dataclass(frozen=True, slots=True)
class Annotation:
    """What to write.

    excerpt: what an excerpt says of itself; None = all rows where they stood, to be corrected there and sent again.
    """

    form: Form
    title: str
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    marks: Marks
    excerpt: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.excerpt is None


def annotate(file: BinaryIO, wanted: Annotation) -> Iterator[bytes]:
    """The workbook in pieces, the first of them empty: signs of life while a long file is read."""
    yield from _written(wanted, file)


def list_findings(wanted: Annotation) -> bytes:
    """Where there is no file to copy: the list alone."""
    return b"".join(_written(wanted, None))


def _written(wanted: Annotation, file: BinaryIO | None) -> Iterator[bytes]:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": wanted.title, "author": "Pilotage", "created": CREATED})
        formats = {name: book.add_format(style) for name, style in _STYLES.items()}
        if file:
            name = wanted.form.code if wanted.is_whole else EXCERPT
            copy = _Copy(book.add_worksheet(name), formats, wanted)
            for n, _ in enumerate(copy.write(file)):
                if n % _SAID_EVERY == 0:
                    yield b""
        _List(book.add_worksheet(LIST), formats, wanted).write()
    content.seek(0)
    while piece := content.read(_PIECE):
        yield piece


class _Copy:
    """The sheet of received cells."""

    def __init__(self, sheet: Worksheet, formats: Mapping[str, Format], wanted: Annotation) -> None:
        self._sheet, self._formats, self._wanted = sheet, formats, wanted
        # An excerpt says first that it is one, then names each row's line.
        self._shift = 0 if wanted.is_whole else 1
        self._row = 0

    def write(self, file: BinaryIO) -> Iterator[None]:
        """A step per row read."""
        marks, received = self._wanted.marks.lines, read_sheet(file, self._wanted.form)
        self._begin(received.header, received.header_line, marks.get(1, ()))
        left = marks.keys() - {1}
        for line, record in received.rows():
            if self._wanted.is_whole or line in left:
                self._write_row(line, record, received.header, marks.get(line, ()))
            left.discard(line)
            yield
            if not left and not self._wanted.is_whole:
                return

    def _begin(self, header: Sequence[str], line: int, findings: Sequence[Finding]) -> None:
        for place, name in enumerate(header[:MAX_COLUMNS], start=self._shift):
            self._sheet.set_column(place, place, min(max(_NARROWEST, len(name) + 3), _WIDEST))
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self._numeric = {place for place, name in enumerate(header) if self._type_of(name) in ("count", "amount")}
        self._row = line - 1 if self._wanted.is_whole else 1
        _set_printing(self._sheet, self._row)
        if self._wanted.excerpt:
            self._sheet.write_string(0, 0, self._wanted.excerpt, self._formats["note"])
            self._sheet.write_string(1, 0, "Ligne", self._formats["head"])
        self._write_cells(header, places_in_header(header, findings), self._formats["head"])
        self._sheet.freeze_panes(self._row + 1, self._shift)

    def _type_of(self, name: str) -> str | None:
        column = self._wanted.form.by_name.get(name.strip().lower())
        return column.type if column else None

    def _write_row(self, line: int, record: Sequence[str], header: Sequence[str], findings: Sequence[Finding]) -> None:
        self._row = line - 1 if self._wanted.is_whole else self._row + 1
        if not self._wanted.is_whole:
            self._sheet.write_number(self._row, 0, line)
        self._write_cells(record, places_in_row(header, findings))

    def _write_cells(
        self, record: Sequence[str], marked: Mapping[int, Sequence[Finding]], plain: Format | None = None
    ) -> None:
        for place, text in enumerate(record[:MAX_COLUMNS]):
            findings = marked.get(place, ())
            dress = self._formats[_worst(findings)] if findings else plain
            self._write_cell(place, text, dress)
            if findings:
                self._comment(place, findings)

    def _write_cell(self, place: int, text: str, dress: Format | None) -> None:
        at = (self._row, place + self._shift)
        if not text:
            if dress:
                self._sheet.write_blank(*at, None, dress)
        elif place in self._numeric and _WHOLE_NUMBER.fullmatch(text):
            self._sheet.write_number(*at, int(text), dress)
        else:
            self._sheet.write_string(*at, inert(_NOT_IN_XML.sub("�", text)), dress)

    def _comment(self, place: int, findings: Sequence[Finding]) -> None:
        text = "\n\n".join(f"{one.title}\n{one.message}" for one in findings)
        lines = sum(1 + len(line) // _COMMENT_CHARACTERS for line in text.split("\n"))
        size: dict[str, Any] = {"x_scale": 1, "width": _COMMENT_WIDTH, "height": _COMMENT_LINE * (lines + 1)}
        self._sheet.write_comment(self._row, place + self._shift, _NOT_IN_XML.sub("�", text), size)


def _set_printing(sheet: Worksheet, heading: int) -> None:
    """Across the page, every page under the same headings."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading)


def _worst(findings: Sequence[Finding]) -> str:
    return "error" if any(one.severity == "error" for one in findings) else "warning"


class _List:
    """The sheet of findings."""

    def __init__(self, sheet: Worksheet, formats: Mapping[str, Format], wanted: Annotation) -> None:
        self._sheet, self._formats, self._wanted = sheet, formats, wanted

    def write(self) -> None:
        sheet = self._sheet
        _set_printing(sheet, len(self._wanted.notes) + 2)
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, self._wanted.title, self._formats["title"])
        for row, note in enumerate(self._wanted.notes, start=1):
            sheet.write_string(row, 0, note, self._formats["note"])
        head = len(self._wanted.notes) + 2
        for place, heading in enumerate(HEADINGS):
            sheet.write_string(head, place, heading, self._formats["head"])
        for row, finding in enumerate(self._wanted.findings, start=head + 1):
            self._write_finding(row, finding)
        sheet.freeze_panes(head + 1, 0)
        sheet.autofilter(head, 0, head + len(self._wanted.findings), len(HEADINGS) - 1)

    def _write_finding(self, row: int, finding: Finding) -> None:
        said = (SEVERITIES[finding.severity], finding.code, finding.title)
        cells = (finding.column, *said, finding.value, finding.expected, finding.sentence)
        self._sheet.set_row(row, _ROW_HEIGHT * max(map(_lines, cells, _WIDTHS[1:])))
        if finding.line is not None:
            self._sheet.write_number(row, 0, finding.line, self._formats["number"])
        for place, text in enumerate(cells, start=1):
            if text is not None:
                self._sheet.write_string(row, place, inert(_NOT_IN_XML.sub("�", text)), self._formats["text"])


def _lines(text: str | None, width: int) -> int:
    """How many lines a cell of that width needs; words are not cut where they end."""
    return 1 + len(text or "") // (width - 2)
