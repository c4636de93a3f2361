"""Workbooks as XML allows them, and as it does not: read like other programs do, or refused, never otherwise."""

import pytest

from services.ingestion.domain import Judgement
from tests.ingestion.conftest import Judge
from tests.soak.bombs_of_books import xlsx, xlsx_row
from tests.soak.book_writers import ods_frame, zipped
from tests.soak.made import FORM, HEADER

SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def judged_cell(judge_file: Judge, cell: str, **more: str) -> Judgement:
    """Of an XLSX whose first row has this cell in its first place."""
    rows = xlsx_row(*HEADER) + f"<row>{cell}<c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>"
    return judge_file(xlsx(rows, **more))  # type: ignore[arg-type]


def received(judgement: Judgement) -> str | None:
    [error] = [error for error in judgement.errors if error.column == "organisme"]
    return error.value


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="inlineSur"><is><t>CIL-001</t></is></c>',
        '<c r="a2"><v>1</v></c>',
        '<c r="A3"><v>1</v></c>',
        '<c r="2"><v>1</v></c>',
        '<c r="A"><v>1</v></c>',
        '<c r="É2"><v>1</v></c>',
        '<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>',
        '<c r="A2"><v>1</v></c><c r="A2"><v>1</v></c>',
        '<c><f t="shared" si="0"/><v>1</v></c>',
        "<c><y:v>1</y:v></c>",
    ],
)
def test_a_cell_that_programs_do_not_read_alike_is_unreadable(judge_file: Judge, cell: str) -> None:
    assert judged_cell(judge_file, cell).codes == ("unreadable_file",)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<c><v>1_000</v></c>", "1_000"),
        ("<c><v>١</v></c>", "١"),
        ("<c><v>1E3</v></c>", "1000"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>dit</t></rPh></is></c>', "ab"),
        ('<c><extLst><x:f xmlns:x="urn:other">A1</x:f></extLst><v>12</v></c>', "12"),
    ],
)
def test_what_a_cell_holds(judge_file: Judge, cell: str, expected: str) -> None:
    assert received(judged_cell(judge_file, cell)) == expected


def test_a_formula_beside_the_cells_is_none(judge_file: Judge) -> None:
    """Where a drop-down list takes its words from."""
    after = (
        '<extLst><ext><x:f xmlns:x="http://schemas.microsoft.com/office/excel/2006/main">Notice!A1</x:f></ext></extLst>'
    )
    assert judged_cell(judge_file, "<c><v>7</v></c>", after=after).codes == ("unknown_member",)


@pytest.mark.parametrize(
    ("shown_as", "expected"),
    [
        ("General", "12"),
        ('General" dossiers"', "12"),
        ("Standard", "12"),
        ("[$-40C]#,##0.00\\ &quot;€ du mois&quot;_d", "12"),
        ("[$-40C]d mmm yyyy;@", "1900-01-12"),
        ("[h]:mm:ss", "1900-01-12"),
    ],
)
def test_a_number_is_a_day_only_where_it_is_shown_as_one(judge_file: Judge, shown_as: str, expected: str) -> None:
    """`General` under a number of its own is how LibreOffice writes every cell that has no format."""
    styles = (
        f'<styleSheet xmlns="{SHEETS}"><numFmts><numFmt numFmtId="164" formatCode=\'{shown_as}\'/></numFmts>'
        '<cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    rows = xlsx_row(*HEADER) + '<row><c s="0"><v>12</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>'
    assert received(judge_file(xlsx(rows, {"xl/styles.xml": styles}))) == expected


def ods(cell: str, prefixes: dict[str, str] | None = None) -> bytes:
    """The header, and a row with this cell in its first place; prefixes: by which others the names are written."""
    header = "".join(f"<table:table-cell><text:p>{name}</text:p></table:table-cell>" for name in HEADER)
    one = '<table:table-cell office:value-type="float" office:value="1"><text:p>un</text:p></table:table-cell>'
    rows = f"<table:table-row>{header}</table:table-row><table:table-row>{cell}{one * 3}</table:table-row>"
    parts = ods_frame(f'<table:table table:name="{FORM}">{rows}</table:table>')
    content = str(parts["content.xml"])
    for usual, other in (prefixes or {}).items():
        for before, after in (("<", ":"), ("</", ":"), (" ", ":"), ("xmlns:", "=")):
            content = content.replace(f"{before}{usual}{after}", f"{before}{other}{after}")
    return zipped({**parts, "content.xml": content})


OTHERS = {"table": "t", "office": "o", "text": "x"}
NUMBER = '<table:table-cell office:value-type="float" office:value="12.25"><text:p>12,3</text:p></table:table-cell>'


@pytest.mark.parametrize("prefixes", [{}, OTHERS])
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (NUMBER, "12.25"),
        ('<table:table-cell><text:p>a<text:s text:c="3"/>b<text:tab/>c</text:p><text:p>d</text:p></table:table-cell>',
         "a   b\tc\nd"),
        ('<table:table-cell office:value-type="string" office:string-value="dit"><text:p/></table:table-cell>',
         "dit"),
        ('<table:table-cell><office:annotation><text:p>b</text:p></office:annotation><text:p>a</text:p></table:table-cell>',
         "a"),
        ('<table:table-cell><d:f xmlns:d="urn:d"><text:p>dessin</text:p></d:f><text:p>a</text:p></table:table-cell>',
         "a"),
        ("<table:table-cell><text:p>a<text:span>b<text:a>c</text:a></text:span></text:p></table:table-cell>", "abc"),
    ],
)  # fmt: skip
def test_a_cell_of_an_ods_is_the_same_under_any_prefix(
    judge_file: Judge, cell: str, expected: str, prefixes: dict[str, str]
) -> None:
    assert received(judge_file(ods(cell, prefixes))) == expected


@pytest.mark.parametrize("prefixes", [{}, OTHERS])
def test_a_formula_is_one_under_any_prefix(judge_file: Judge, prefixes: dict[str, str]) -> None:
    cell = '<table:table-cell table:formula="of:=1+1"><text:p>2</text:p></table:table-cell>'
    assert judge_file(ods(cell, prefixes)).codes == ("unreadable_file",)


@pytest.mark.parametrize(
    "cell",
    [
        NUMBER.replace("office:value-type", "offmce:value-type"),
        NUMBER.replace("12.25", "1_2"),
        NUMBER.replace("12.25", "douze"),
        NUMBER.replace("table-cell ", 'table-cell table:number-columns-repeated="1_0" '),
        NUMBER.replace("table-cell ", 'table-cell table:number-columns-repeated="-1" '),
    ],
)
def test_a_cell_of_an_ods_that_is_none_is_unreadable(judge_file: Judge, cell: str) -> None:
    assert judge_file(ods(cell)).codes == ("unreadable_file",)


def test_only_a_spreadsheet_is_one(judge_file: Judge) -> None:
    parts = ods_frame("")
    text = {**parts, "mimetype": "application/vnd.oasis.opendocument.text; opendocument.spreadsheet"}
    assert judge_file(zipped(text)).codes == ("unreadable_file",)


def test_a_sheet_in_another_namespace_is_no_sheet(judge_file: Judge) -> None:
    sheet = f'<worksheet xmlns="{SHEETS}x"><sheetData>{xlsx_row(*HEADER)}</sheetData></worksheet>'
    assert judge_file(xlsx("", {"xl/worksheets/sheet1.xml": sheet})).codes == ("empty_file",)
