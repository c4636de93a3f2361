"""Bombs packed as XLSX or ODS."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from tests.soak.book_writers import ods_frame, xlsx_frame, zipped
from tests.soak.made import (
    ACCEPTED,
    EITHER,
    FORM,
    HEADER,
    PARTNER_HEADER,
    PARTNERS,
    RIGHT,
    TOO_LARGE,
    UNREADABLE,
    YEAR,
    Bomb,
    right_csv,
)

_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_MEMBERS = ("CIL01", "CIL02", "CCI03")
_HALF_GIB = 1 << 29


def xlsx_row(*cells: str, line: str = "") -> str:
    written = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f"<row{line}>{written}</row>"


def xlsx(rows: str, more: Mapping[str, bytes | str] | None = None, before: str = "", after: str = "") -> bytes:
    return zipped(xlsx_parts(rows, more, before, after))


def xlsx_parts(
    rows: str, more: Mapping[str, bytes | str] | None = None, before: str = "", after: str = ""
) -> dict[str, bytes | str]:
    sheet = f"{before}<worksheet {_MAIN}>{after}<sheetData>{rows}</sheetData></worksheet>"
    return {**xlsx_frame([FORM]), _STRINGS: f"<sst {_MAIN}/>", _SHEET: sheet, **(more or {})}


_RIGHT_ROWS = xlsx_row(*HEADER) + "".join(xlsx_row(member, *RIGHT[1:]) for member in _MEMBERS)


def _unpacks_to(part: str, start: str, filler: str, size: int, end: str = "") -> bytes:
    """A part that is as long as that, packed without ever being held."""
    parts = xlsx_parts(_RIGHT_ROWS)
    del parts[part]
    content = io.BytesIO()
    piece = filler.encode() * ((1 << 20) // len(filler))
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, other in parts.items():
            archive.writestr(name, other)
        with archive.open(part, "w", force_zip64=True) as packed:
            packed.write(start.encode())
            for _ in range(size // len(piece)):
                packed.write(piece)
            packed.write(end.encode())
    return content.getvalue()


_OPEN = f"<worksheet {_MAIN}><sheetData>{xlsx_row(*HEADER)}"
_CLOSE = "</sheetData></worksheet>"


def _entities(depth: int) -> str:
    """Each entity is ten of the one before."""
    told = ['<!ENTITY e0 "lol">', *(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))]
    return f"<!DOCTYPE worksheet [{''.join(told)}]>"


def _packed_with(kind: int) -> bytes:
    return zipped(xlsx_parts(f"{_RIGHT_ROWS}{' ' * 200_000_000}"), kind)


def _lying(field: int, value: int) -> bytes:
    """A right workbook whose central directory says otherwise of the size of its parts."""
    content = bytearray(xlsx(_RIGHT_ROWS))
    at = content.find(b"PK\x01\x02")
    while at != -1:
        struct.pack_into("<I", content, at + field, value)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _flagged(content: bytes, bit: int) -> bytes:
    """Every part is said to be packed otherwise."""
    flagged = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = flagged.find(mark)
        while at != -1:
            flagged[at + place] |= bit
            at = flagged.find(mark, at + 4)
    return bytes(flagged)


def _overlapping() -> bytes:
    """A thousand names for the same bytes."""
    content = bytearray(zipped({_SHEET: b"0" * 30_000_000}))
    at = content.find(b"PK\x01\x02")
    end = content.find(b"PK\x05\x06")
    one = bytes(content[at:end])
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 1000, 1000, len(one) * 1000)
    return bytes(content[:at]) + one * 1000 + bytes(tail)


def _ods(rows: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    table = f'<table:table table:name="{FORM}">{rows}</table:table>'
    return zipped({**ods_frame(table), **(more or {})})


def _ods_row(*cells: str, times: int = 1, across: int = 1) -> str:
    written = "".join(
        f'<table:table-cell table:number-columns-repeated="{across}"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{times}">{written}</table:table-row>'


_ODS_RIGHT = _ods_row(*HEADER) + "".join(_ods_row(member, *RIGHT[1:]) for member in _MEMBERS)


def _many_long_texts() -> Bomb:
    texts = ["O", "x" * 2000, "associations", "N", "assistance"]
    strings = f"<sst {_MAIN}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"
    cells = '<c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>1</v></c>'
    rows = "".join(
        f'<row><c t="s"><v>4</v></c><c t="inlineStr"><is><t>{n}</t></is></c>{cells}</row>' for n in range(20_000)
    )
    content = zipped({**xlsx_parts(xlsx_row(*PARTNER_HEADER) + rows), _STRINGS: strings})
    return Bomb(content, TOO_LARGE, PARTNERS, YEAR)


def _shared_cells() -> Bomb:
    """Four million cells that are one long text."""
    strings = f"<sst {_MAIN}><si><t>{'1 rue ' * 330}</t></si></sst>"
    row = '<c t="s"><v>0</v></c>' * 200
    return Bomb(
        zipped({**xlsx_parts(f"<row>{row}</row>" * 20_000), _STRINGS: strings}), EITHER, "dossiers-assistance", YEAR
    )


BOOK_BOMBS: Mapping[str, Callable[[], Bomb]] = {
    "xlsx of 500 MB of blanks": lambda: Bomb(_unpacks_to(_SHEET, _OPEN, " ", _HALF_GIB, _CLOSE), EITHER),
    "xlsx of 500 MB of empty rows": lambda: Bomb(_unpacks_to(_SHEET, _OPEN, "<row/>", _HALF_GIB, _CLOSE), EITHER),
    "xlsx of 500 MB of equal cells": lambda: Bomb(
        _unpacks_to(_SHEET, _OPEN + "<row>", "<c><v>1</v></c>", _HALF_GIB, "</row>" + _CLOSE), EITHER
    ),
    "xlsx of 500 MB of shared strings": lambda: Bomb(
        _unpacks_to(_STRINGS, f"<sst {_MAIN}>", "<si><t>a</t></si>", _HALF_GIB, "</sst>"), EITHER
    ),
    "xlsx of 500 MB of a comment": lambda: Bomb(_unpacks_to(_SHEET, "<!--", "x", _HALF_GIB, "--><a/>"), EITHER),
    "xlsx of 500 MB of an attribute": lambda: Bomb(_unpacks_to(_SHEET, '<a b="', "x", _HALF_GIB, '"/>'), EITHER),
    "xlsx of 500 MB of a name": lambda: Bomb(_unpacks_to(_SHEET, "<", "x", _HALF_GIB, "/>"), EITHER),
    "xlsx of 500 MB of styles": lambda: Bomb(_unpacks_to("xl/styles.xml", "<styleSheet>", "<xf/>", _HALF_GIB), EITHER),
    "xlsx a million deep": lambda: Bomb(xlsx("<a>" * 1_000_000), EITHER),
    "xlsx of a million attributes": lambda: Bomb(
        xlsx("<row " + " ".join(f'a{n}="1"' for n in range(1_000_000)) + "/>"), EITHER | frozenset({"empty_file"})
    ),
    "xlsx of a thousand million laughs": lambda: Bomb(xlsx(xlsx_row("&e9;"), before=_entities(10)), UNREADABLE),
    "xlsx of a long entity many times": lambda: Bomb(
        xlsx("&a;" * 50_000, before=f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]>'), UNREADABLE
    ),
    "xlsx of an entity elsewhere": lambda: Bomb(
        xlsx(xlsx_row("&a;"), before='<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), UNREADABLE
    ),
    "xlsx of a document type elsewhere": lambda: Bomb(
        xlsx(_RIGHT_ROWS, before='<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'), UNREADABLE
    ),
    "xlsx strings of entities": lambda: Bomb(
        xlsx(_RIGHT_ROWS, {_STRINGS: f"{_entities(10)}<sst {_MAIN}><si><t>&e9;</t></si></sst>"}), UNREADABLE
    ),
    "xlsx of a million columns": lambda: Bomb(xlsx(xlsx_row(*["a"] * 1_000_000)), EITHER),
    "xlsx cell beyond all columns": lambda: Bomb(xlsx('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'), EITHER),
    "xlsx row beyond all rows": lambda: Bomb(
        xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999999"><c r="A999999999999"><v>1</v></c></row>'),
        EITHER,
    ),
    "xlsx cell of 100 MB": lambda: Bomb(xlsx(_RIGHT_ROWS + xlsx_row("9" * 100_000_000)), EITHER),
    "xlsx shared cell of 100 MB": lambda: Bomb(
        xlsx(
            xlsx_row(*HEADER) + '<row><c t="s"><v>0</v></c></row>',
            {_STRINGS: f"<sst {_MAIN}><si><t>{'9' * 100_000_000}</t></si></sst>"},
        ),
        EITHER,
    ),
    "xlsx whose dimension is too small": lambda: Bomb(
        xlsx(_RIGHT_ROWS, after='<dimension ref="A1:B2"/>'), ACCEPTED, rows=3
    ),
    "xlsx whose dimension is too large": lambda: Bomb(
        xlsx(_RIGHT_ROWS, after='<dimension ref="A1:XFD1048576"/>'), ACCEPTED, rows=3
    ),
    "xlsx with four million long cells": _shared_cells,
    "xlsx of long texts that are accepted": _many_long_texts,
    "xlsx in a zip": lambda: Bomb(zipped({"a.xlsx": xlsx(_RIGHT_ROWS)}), UNREADABLE),
    "zip in a zip in a zip": lambda: Bomb(_nested(12), UNREADABLE),
    "zip of a csv": lambda: Bomb(zipped({"a.csv": right_csv()}), UNREADABLE),
    "zip of nothing": lambda: Bomb(zipped({}) + b"", UNREADABLE | frozenset({"empty_file"})),
    "zip of sixty thousand names": lambda: Bomb(zipped({str(n): b"" for n in range(60_000)}), EITHER),
    "zip of overlapping parts": lambda: Bomb(_overlapping(), EITHER),
    "xlsx packed with bzip2": lambda: Bomb(_packed_with(zipfile.ZIP_BZIP2), EITHER),
    "xlsx packed with lzma": lambda: Bomb(_packed_with(zipfile.ZIP_LZMA), EITHER),
    "xlsx that lies about its size": lambda: Bomb(_lying(24, 10), EITHER),
    "xlsx that lies about its packed size": lambda: Bomb(_lying(20, 10), EITHER),
    "xlsx that lies about its places": lambda: Bomb(_lying(42, 1 << 30), EITHER),
    "xlsx without its end": lambda: Bomb(xlsx(_RIGHT_ROWS)[:-100], UNREADABLE),
    "xlsx with macros": lambda: Bomb(xlsx(_RIGHT_ROWS, {"xl/vbaProject.bin": b"\x00" * 100}), UNREADABLE),
    "xlsx said to hold macros": lambda: Bomb(xlsx(_RIGHT_ROWS, {"[Content_Types].xml": _macro_types()}), UNREADABLE),
    "xlsx under a password": lambda: Bomb(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5_000, UNREADABLE),
    "xlsx whose parts are encrypted": lambda: Bomb(_flagged(xlsx(_RIGHT_ROWS), 1), UNREADABLE),
    "xlsx with a formula": lambda: Bomb(xlsx(f"{_RIGHT_ROWS}<row><c><f>1+1</f><v>2</v></c></row>"), UNREADABLE),
    "xlsx with a shared formula": lambda: Bomb(
        xlsx(f'{_RIGHT_ROWS}<row><c><f t="shared" si="0"/><v>2</v></c></row>'), UNREADABLE
    ),
    "xlsx with NUL": lambda: Bomb(xlsx(xlsx_row("a&#0;b")), UNREADABLE),
    "xlsx in UTF-16": lambda: Bomb(_in_encoding("utf-16"), ACCEPTED, rows=3),
    "xlsx in an encoding that is none": lambda: Bomb(_in_encoding("utf-8", "zlib"), UNREADABLE),
    "xlsx in rot13": lambda: Bomb(_in_encoding("utf-8", "rot13"), UNREADABLE),
    "xlsx in idna": lambda: Bomb(_in_encoding("utf-8", "idna"), UNREADABLE),
    "xlsx in utf-7": lambda: Bomb(_in_encoding("utf-8", "utf-7"), UNREADABLE),
    "xlsx that ends with another kind": lambda: Bomb(xlsx(_RIGHT_ROWS) + right_csv(), ACCEPTED, rows=3),
    "ods row two million times": lambda: Bomb(
        _ods(_ods_row(*HEADER) + _ods_row("x", times=1_999_000, across=200)), EITHER
    ),
    "ods right row a million times": lambda: Bomb(_ods(_ods_row(*HEADER) + _ods_row(*RIGHT, times=1_000_000)), EITHER),
    "ods cell a million times": lambda: Bomb(_ods(_ods_row("x", across=1_000_000)), EITHER),
    "ods cell a thousand million times": lambda: Bomb(_ods(_ods_row("x", across=10**9, times=10**9)), EITHER),
    "ods blank cell a thousand million times": lambda: Bomb(
        _ods(_ODS_RIGHT + _ods_row("", across=10**9, times=10**9)), ACCEPTED, rows=3
    ),
    "ods of a thousand million spaces": lambda: Bomb(_ods(_ods_row('<text:s text:c="1000000000"/>')), EITHER),
    "ods of many spaces": lambda: Bomb(_ods(_ods_row('<text:s text:c="1000"/>' * 1_000)), EITHER),
    "ods cell of 100 MB": lambda: Bomb(_ods(_ods_row("9" * 100_000_000)), EITHER),
    "ods of entities": lambda: Bomb(_ods("", {"content.xml": f"{_entities(10)}<a>&e9;</a>"}), UNREADABLE),
    "ods manifest of entities": lambda: Bomb(
        _ods(_ODS_RIGHT, {"META-INF/manifest.xml": f"{_entities(10)}<a>&e9;</a>"}), UNREADABLE
    ),
    "ods with macros": lambda: Bomb(_ods(_ODS_RIGHT, {"Basic/Standard/Module1.xml": "<a/>"}), UNREADABLE),
    "ods encrypted": lambda: Bomb(
        _ods(_ODS_RIGHT, {"META-INF/manifest.xml": '<m xmlns:a="b"><a:encryption-data/></m>'}), UNREADABLE
    ),
    "ods with a formula": lambda: Bomb(
        _ods(f'{_ODS_RIGHT}<table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row>'), UNREADABLE
    ),
    "ods of a number that is none": lambda: Bomb(
        _ods(_ODS_RIGHT + _odd_number("1e999")), frozenset({"wrong_field_count"})
    ),
    "ods of a million tables": lambda: Bomb(
        zipped(ods_frame('<table:table table:name="a"/>' * 1_000_000)), EITHER | frozenset({"empty_file"})
    ),
}


def _nested(depth: int) -> bytes:
    content = b"0" * 10_000_000
    for _ in range(depth):
        content = zipped({"a.zip": content})
    return content


def _macro_types() -> str:
    return str(xlsx_frame([FORM])["[Content_Types].xml"]).replace("sheet.main", "sheet.macroEnabled.main")


def _in_encoding(encoding: str, said: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="{said or encoding}"?>'
    parts: dict[str, Any] = xlsx_parts(_RIGHT_ROWS, before=head)
    return zipped({**parts, _SHEET: str(parts[_SHEET]).encode(encoding)})


def _odd_number(value: str) -> str:
    cell = f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f"<table:table-row>{cell * 5}</table:table-row>"
