"""Plain rows: what is read without the parser of XML is what it reads, of right and of spoilt workbooks alike."""

import io
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from services.ingestion.domain import plain_rows, xlsx
from services.ingestion.domain.archive import Archive
from services.ingestion.domain.sheet import FileRefused
from tests.soak.bombs_of_books import xlsx as book
from tests.soak.bombs_of_books import xlsx_row
from tests.soak.book_writers import as_xlsx
from tests.soak.byte_changes import changed
from tests.soak.cell_changes import CELL_CHANGES, SHAPE_CHANGES
from tests.soak.made import FORM, HEADER
from tests.soak.tables import right_table

SECOND = '<row r="2"><c r="A2"><v>1</v></c></row>'


def read(content: bytes) -> list[Any]:
    """Each row's number with its cells, then why it went no further."""
    found: list[Any] = []
    try:
        for line, cells in xlsx.rows(Archive(io.BytesIO(content)), FORM):
            found.append((line, {place: getattr(cell, "written", cell) for place, cell in cells.items()}))
    except FileRefused as refused:
        found = [refused.code, refused.reason]  # rows of what is refused count for nothing
    return found


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], tuple[list[Any], list[Any]]]:
    def read_both(content: bytes) -> tuple[list[Any], list[Any]]:
        fast = read(content)
        with monkeypatch.context() as patch:
            patch.setattr(plain_rows.PlainRows, "_cells", lambda *_: None)
            return fast, read(content)

    return read_both


@pytest.mark.parametrize("seed", range(150))
def test_both_ways_read_the_same(both: Callable[[bytes], tuple[list[Any], list[Any]]], seed: int) -> None:
    draw = Random(seed)
    table = right_table(draw)
    for change in draw.sample([*CELL_CHANGES, *SHAPE_CHANGES], draw.randint(0, 3)):
        change(draw, table)
    content = as_xlsx(draw, table)
    fast, slow = both(content if seed % 3 else changed(draw, content))
    assert fast == slow


@pytest.mark.parametrize(
    "rows",
    [
        SECOND,
        SECOND.replace('r="A2"', 'r="A3"'),
        SECOND.replace('r="2"', 'r="02"'),
        SECOND.replace("</c>", '</c><c r="A2"><v>2</v></c>'),
        SECOND.replace("</c>", '</c><c r="C2"/><c r="B2"><v>2</v></c>'),
        SECOND.replace('"A2"', '"XFE2"'),
        SECOND.replace("<c ", '<c t="s" '),
        SECOND.replace("<c ", '<c t="strange" '),
        SECOND.replace("<v>1", "<v>&#49;"),
        SECOND.replace("<v>1", "<v>1\r\n"),
        SECOND.replace("<v>1", "<v>\x01"),
        SECOND.replace("<v>1", "<f>1</f><v>1"),
        SECOND.replace("<row ", "<!-- <row ").replace("</row>", "</row> -->"),
        SECOND.replace("<row ", "<![CDATA[<row ").replace("</row>", "</row>]]>"),
        SECOND.replace("<row ", '<row xmlns="urn:other" '),
        SECOND.replace("<row ", "<row foo "),
        SECOND.replace("<row ", '<row r="2" '),
        SECOND.replace("<row ", '<row x:y="2" '),
        f"{SECOND}{SECOND}",
        f'<row r="1"/>{SECOND}',
        f'<row r="2"><c r="A2"><is><rPh>{SECOND}</rPh></is></c></row>',
        f"<row>{SECOND}</row>",
        '<row r="9"><c r="A9"/><c r="B9"><v></v></c></row><row r="10"><c r="A10" t="b"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> é\ufffe</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>' + "x" * 2001 + "</t></is></c></row>",
    ],
)
def test_what_is_written_otherwise_goes_to_the_parser(
    both: Callable[[bytes], tuple[list[Any], list[Any]]], rows: str
) -> None:
    fast, slow = both(book(xlsx_row(*HEADER) + rows))
    assert fast == slow


def test_an_encoding_that_is_not_utf_8_goes_to_the_parser(
    both: Callable[[bytes], tuple[list[Any], list[Any]]],
) -> None:
    sheet = '<?xml version="1.0" encoding="ISO-8859-1"?><worksheet xmlns="{}"><sheetData>{}</sheetData></worksheet>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>Ã©</t></is></c></row>'
    content = sheet.format("http://schemas.openxmlformats.org/spreadsheetml/2006/main", row).encode("latin-1")
    fast, slow = both(book("", {"xl/worksheets/sheet1.xml": content}))
    assert fast == slow == [(1, {0: "Ã©"})]


def test_plain_rows_are_taken_without_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all the above would hold of nothing."""
    taken: list[str] = []
    take = xlsx._SheetReader.take

    def note(reader: xlsx._SheetReader, record: str, *more: Any) -> Any:
        taken.append(record)
        return take(reader, record, *more)

    monkeypatch.setattr(xlsx._SheetReader, "take", note)
    assert read(book(xlsx_row(*HEADER) + SECOND)) == [(1, dict(enumerate(HEADER))), (2, {0: "1"})]
    assert taken == ["2"]
