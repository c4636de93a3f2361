"""Writing of a table as XLSX or ODS part by part, in the ways that programs do, and a few that none should."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from xml.sax.saxutils import escape, quoteattr

from tests.soak.tables import Cell, Row, Table
from tests.soak.text_writers import as_text

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_DAY_ZERO = date(1899, 12, 30)
_ABSENT = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
_NO_XML = str.maketrans("", "", _ABSENT)
_BESIDE = (
    "<office:annotation><text:p>une note</text:p></office:annotation>",
    '<d:frame xmlns:d="urn:d"><d:box><text:p>un dessin</text:p></d:box></d:frame>',
)
_ELEMENT = re.compile("<(/?)(?=[a-zA-Z])")
_PREFIX = re.compile("(</?|xmlns:| )(office|table|text)(?=[:=])")
_FORMULAS = ("<f>1+1</f><v>2</v>", '<f t="array" ref="A1">1+1</f><v>1</v>')


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else compression
            archive.writestr(zipfile.ZipInfo(name), part, kind)
    return content.getvalue()


def _text(text: str) -> str:
    return escape(text.encode("utf-8", "replace").decode().translate(_NO_XML))


def _records(draw: Random, table: Table) -> list[Row]:
    """A program may take any code made of digits for a number, and lose its zeros."""
    keep = draw.random() < 0.8
    return [list(table.header), *[[cell if keep else _numeric(cell) for cell in row] for row in table.rows]]


def _numeric(cell: Cell) -> Cell:
    return int(cell) if isinstance(cell, str) and cell.isascii() and cell.isdigit() and len(cell) < 16 else cell


def as_xlsx(draw: Random, table: Table) -> bytes:
    return zipped(xlsx_parts(draw, table))


def xlsx_parts(draw: Random, table: Table) -> dict[str, bytes | str]:
    names = [draw.choice((table.name, table.name.title(), "Feuil1"))]
    if draw.random() < 0.25:
        names.insert(draw.choice((0, 1)), draw.choice(("Notice", "Feuil2")))
    held = next((n for n, name in enumerate(names) if name.lower() == table.name), 0)
    strings: list[str] = []
    sheets = [_sheet(draw, table, strings) if n == held else _other_sheet() for n in range(len(names))]
    parts: dict[str, bytes | str] = xlsx_frame(names)
    parts |= {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, start=1)}
    parts["xl/sharedStrings.xml"] = f"{_HEAD}<sst {_MAIN}>{''.join(strings)}</sst>"
    if draw.random() < 0.1:  # as some programs do, with a prefix
        marked = {name: str(part) for name, part in parts.items() if "sheet" in name or "Strings" in name}
        parts |= {name: _ELEMENT.sub(r"<\1x:", part).replace("xmlns=", "xmlns:x=") for name, part in marked.items()}
    return parts


def xlsx_frame(names: list[str], more: str = "") -> dict[str, bytes | str]:
    """Everything but the sheets and the strings; dates have style 1."""
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for n in range(1, len(names) + 1)
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    others = "".join(
        f'<Relationship Id="rId9{n}" Type="{_RELATED}/{kind}" Target="{kind}.xml"/>'
        for n, kind in enumerate(("styles", "sharedStrings"))
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_RELATED}">{more}<sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{targets}{others}'
        "</Relationships>",
        "xl/styles.xml": f'{_HEAD}<styleSheet {_MAIN}><fonts count="1"><font/></fonts><fills count="1">'
        '<fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
        '<xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }


def _other_sheet() -> str:
    return f'{_HEAD}<worksheet {_MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'


@dataclass(frozen=True, slots=True)
class _Ways:
    """How one program writes its sheets."""

    strings: str
    places: bool
    numbers_as_text: bool


def _sheet(draw: Random, table: Table, strings: list[str]) -> str:
    ways = _Ways(draw.choice(("shared", "shared", "inline", "str")), draw.random() < 0.85, draw.random() < 0.2)
    dimension = draw.choice(
        ("", '<dimension ref="A1"/>', '<dimension ref="A1:B2"/>', '<dimension ref="A1:XFD1048576"/>')
    )
    line, rows = 0, []
    for row in _records(draw, table):
        line += 1 if draw.random() < 0.99 or not ways.places else 3
        cells = "".join(_xlsx_cell(draw, ways, f"{_letters(n)}{line}", cell, strings) for n, cell in enumerate(row))
        place = f' r="{line}"' if ways.places else ""
        hidden = ' hidden="1"' if draw.random() < 0.02 else ""
        rows.append(f"<row{place}{hidden}>{cells}</row>")
    end = draw.choice(("", "", '<mergeCells count="1"><mergeCell ref="AA900:AB901"/></mergeCells>'))
    return f"{_HEAD}<worksheet {_MAIN}>{dimension}<sheetData>{''.join(rows)}</sheetData>{end}</worksheet>"


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _xlsx_cell(draw: Random, ways: _Ways, place: str, cell: Cell, strings: list[str]) -> str:
    at = f' r="{place}"' if ways.places else ""
    if draw.random() < 0.001:
        return draw.choice((f"<c{at}>{draw.choice(_FORMULAS)}</c>", f'<c{at} t="e"><v>#N/A</v></c>'))
    if cell is None or cell == "":
        return f"<c{at}/>" if draw.random() < 0.5 or not ways.places else ""
    if isinstance(cell, str) or (ways.numbers_as_text and not isinstance(cell, bool | date)):
        return _xlsx_string(draw, ways.strings, at, as_text(cell), strings)
    return f"<c{at}{_xlsx_value(cell)}</c>"


def _xlsx_value(cell: Cell) -> str:
    match cell:
        case bool():
            return f' t="b"><v>{int(cell)}</v>'
        case date():
            return f' s="1"><v>{(cell - _DAY_ZERO).days}</v>'
    return f"><v>{cell}</v>"


def _xlsx_string(draw: Random, way: str, at: str, written: str, strings: list[str]) -> str:
    text = f'<t xml:space="preserve">{_text(written)}</t>'
    if way == "str":
        return f'<c{at} t="str"><v>{_text(written)}</v></c>'
    if draw.random() < 0.02 and len(written) > 1:
        halves = (written[: len(written) // 2], written[len(written) // 2 :])
        text = "".join(f'<r><rPr><b/></rPr><t xml:space="preserve">{_text(half)}</t></r>' for half in halves)
        text += '<rPh sb="0" eb="1"><t>dit</t></rPh>'
    if way == "inline":
        return f'<c{at} t="inlineStr"><is>{text}</is></c>'
    strings.append(f"<si>{text}</si>")
    return f'<c{at} t="s"><v>{len(strings) - 1}</v></c>'


def as_ods(draw: Random, table: Table) -> bytes:
    return zipped(ods_parts(draw, table))


def ods_parts(draw: Random, table: Table) -> dict[str, bytes | str]:
    rows = "".join(_ods_row(draw, row) for row in _records(draw, table))
    end = draw.choice(
        ("", '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>')
    )
    held = f"<table:table table:name={quoteattr(draw.choice((table.name, 'Feuille1')))}>{rows}{end}</table:table>"
    other = '<table:table table:name="Notice"><table:table-row><table:table-cell/></table:table-row></table:table>'
    tables = held + other if draw.random() < 0.2 or table.name not in held else other * (draw.random() < 0.2) + held
    parts = ods_frame(tables)
    if draw.random() < 0.1:
        parts["content.xml"] = _PREFIX.sub(lambda found: f"{found[1]}{found[2]}s", str(parts["content.xml"]))
    return parts


def ods_frame(tables: str) -> dict[str, bytes | str]:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return {
        "mimetype": ODS_TYPE,
        "content.xml": f'{_HEAD}<office:document-content {spaces} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest xmlns:manifest="{manifest}" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
    }


def _ods_row(draw: Random, row: Row) -> str:
    cells, empty = [], 0
    for cell in row:
        if cell is None or cell == "":
            empty += 1
            continue
        cells += [_ods_gap(empty)] * bool(empty)
        cells.append(_ods_cell(draw, cell))
        empty = 0
    cells.append(_ods_gap(draw.choice((0, empty, 1000))))
    times = f' table:number-rows-repeated="{draw.choice((2, 3))}"' if draw.random() < 0.005 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def _ods_gap(many: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{many}"/>' if many else ""


def _ods_cell(draw: Random, cell: Cell) -> str:
    shown = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in as_text(cell).split("\n"))
    note = draw.choice(_BESIDE) if draw.random() < 0.02 else ""
    formula = ' table:formula="of:=1+1"' if draw.random() < 0.0005 else ""
    return f"<table:table-cell{formula}{_ods_value(draw, cell)}>{note}{shown}</table:table-cell>"


def _ods_value(draw: Random, cell: Cell) -> str:
    match cell:
        case bool():
            return f' office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
        case date():
            time = draw.choice(("", "", "T00:00:00"))
            return f' office:value-type="date" office:date-value="{cell.isoformat()}{time}"'
        case int() | float() | Decimal():
            kind = draw.choice(("float", "float", "percentage", "currency"))
            return f' office:value-type="{kind}" office:value="{cell}"'
    return draw.choice((' office:value-type="string"', ' office:value-type="string"', ""))


def _ods_text(text: str) -> str:
    """Spaces in a row, and tabs, are elements."""
    return _text(text).replace("  ", ' <text:s text:c="1"/>').replace("\t", "<text:tab/>")
