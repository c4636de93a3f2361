"""Workbooks, read by openpyxl and odfpy, which others use; by calamine where these give up."""

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from xml import sax
from xml.sax import handler

from odf import teletype
from odf.element import Element
from odf.namespaces import OFFICENS, TABLENS, TEXTNS
from odf.opendocument import load
from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from tests.soak.reference.grid import Grid, NoOpinion, NotRead, grid_of

_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, LookupError, EOFError, OSError, RuntimeError)
_Line = tuple[int, list[str]]


class Number(str):
    """A number of the workbook."""

    __slots__ = ()


def is_sound(content: bytes) -> bool:
    """Every part unpacks, and all XML is well-formed: what is not, one library mends and another refuses."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name, part in parts.items():
            if name.endswith((".xml", ".rels")):
                _parse(part)
    except (*_BROKEN, sax.SAXException):
        return False
    return True


def _parse(part: bytes) -> None:
    parser = sax.make_parser()
    parser.setFeature(handler.feature_namespaces, True)
    parser.parse(io.BytesIO(part))


def read_book(content: bytes, form: str, postcodes: set[str]) -> Grid:
    sound = is_sound(content)
    for read in _readers(content, sound=sound):
        try:
            with warnings.catch_warnings(action="ignore"):
                rows = list(read(content, form))
        except NotRead:
            raise
        except Exception:
            continue
        return replace(grid_of(_with_gaps(_padded(rows, postcodes))), doubtful=not sound or read is _by_calamine)
    raise NoOpinion


def _readers(content: bytes, *, sound: bool) -> Sequence[Callable[[bytes, str], Iterator[_Line]]]:
    """Of a broken file odfpy gives what comes before; of one without types calamine gives nothing."""
    if b"content.xml" in content:
        return (_by_odfpy,) if sound else ()
    return (_by_openpyxl, _by_calamine)


def _by_openpyxl(content: bytes, form: str) -> Iterator[_Line]:
    book = load_workbook(io.BytesIO(content))
    sheets = {sheet.title.strip().casefold(): sheet for sheet in reversed(book.worksheets)}
    sheet = sheets.get(form) or book.worksheets[0]
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell.data_type == "f" for cell in cells):
            raise NotRead
        yield line, [_written(cell.value) for cell in cells]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, date | time | timedelta):
        return _moment(value)
    return "" if value is None else str(value)


def _moment(value: date | time | timedelta) -> str:
    """A day; what has a time of day is no day of the format."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if type(value) is date else f"moment {value}"


def number_text(value: float) -> Number:
    """At 15 significant digits, never with an exponent."""
    text = f"{value:.15g}"
    if "e" not in text:
        return Number(text)
    digits, _, power = text.partition("e")
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, _, decimals = digits.partition(".")
    point = len(whole) + int(power)
    digits = whole + decimals
    if point <= 0:
        return Number(f"{sign}0.{'0' * -point}{digits}")
    digits = digits.ljust(point, "0")
    return Number(f"{sign}{digits[:point]}" + (f".{digits[point:]}" if digits[point:] else ""))


def _by_odfpy(content: bytes, form: str) -> Iterator[_Line]:
    tables = [
        one
        for one in _all(load(io.BytesIO(content)).spreadsheet, (TABLENS, "table"))
        if one.qname == (TABLENS, "table")
    ]
    named = [one for one in tables if (one.getAttrNS(TABLENS, "name") or "").strip().casefold() == form]
    line = 0
    for row in _all((named or tables)[0], (TABLENS, "table-row")):
        times = int(row.getAttrNS(TABLENS, "number-rows-repeated") or 1)
        cells = list(_odf_cells(row))
        if any(cell.strip() for cell in cells):
            for n in range(1, times + 1):
                yield line + n, cells
        line += times


def _all(element: Element, name: tuple[str, str]) -> Iterator[Element]:
    for child in element.childNodes:
        if getattr(child, "qname", None) == name:
            yield child
        elif hasattr(child, "qname"):
            yield from _all(child, name)


def _odf_cells(row: Element) -> Iterator[str]:
    gap = 0
    for cell in row.childNodes:
        if cell.qname not in ((TABLENS, "table-cell"), (TABLENS, "covered-table-cell")):
            continue
        times, text = int(cell.getAttrNS(TABLENS, "number-columns-repeated") or 1), _odf_text(cell)
        if text == "":
            gap += times
            continue
        if gap + times > 20_000:
            raise NotRead("too_large")
        yield from [""] * gap
        yield from [text] * times
        gap = 0


def _odf_text(cell: Element) -> str:
    if cell.getAttrNS(TABLENS, "formula"):
        raise NotRead
    kind = cell.getAttrNS(OFFICENS, "value-type")
    if kind in ("float", "percentage", "currency"):
        return number_text(float(cell.getAttrNS(OFFICENS, "value")))
    if kind == "date":
        return re.sub("T00:00:00$", "", str(cell.getAttrNS(OFFICENS, "date-value")))
    if kind == "boolean":
        return "VRAI" if str(cell.getAttrNS(OFFICENS, "boolean-value")).lower() == "true" else "FAUX"
    shown = [one for one in cell.childNodes if getattr(one, "qname", None) in ((TEXTNS, "p"), (TEXTNS, "h"))]
    return "\n".join(teletype.extractText(one) for one in shown)


def _by_calamine(content: bytes, form: str) -> Iterator[_Line]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError as error:
        raise NoOpinion from error
    names = {name.strip().casefold(): place for place, name in reversed(list(enumerate(book.sheet_names)))}
    sheet = book.get_sheet_by_index(names.get(form, 0))
    for line, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield line, [_written(None if cell == "" else cell) for cell in row]


def _padded(rows: list[_Line], postcodes: set[str]) -> Iterator[_Line]:
    """Rows end at their last cell, and no sooner than the header; a postcode gets its zero back."""
    width, places = 0, set[int]()
    for line, row in rows:
        while row and row[-1] == "":
            row.pop()
        if not any(cell.strip() for cell in row):
            continue
        if not width:
            width = len(row)
            places = {place for place, name in enumerate(row) if name.strip().lower() in postcodes}
        row += [""] * (width - len(row))
        yield line, [f"0{cell}" if _lacks_zero(n in places, cell) else cell for n, cell in enumerate(row)]


def _lacks_zero(is_postcode: bool, cell: str) -> bool:
    return is_postcode and isinstance(cell, Number) and len(cell) == 4


def _with_gaps(rows: Iterator[_Line]) -> Iterator[_Line]:
    """Blank rows are rows."""
    last = 0
    for line, row in rows:
        for blank in range(last + 1, line):
            yield blank, []
        yield line, row
        last = line
