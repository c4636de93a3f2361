"""The document model and its renderers: the same numbers everywhere, and never a formula."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.report import Cell, Column, Document, Row, Table
from shared.report.csv import render_csv, stream_csv
from shared.report.fragment import mail_fragment
from shared.report.html import render_document, render_table
from shared.report.inert import begins_formula, inert
from shared.report.text import render_document_text, render_mail_text, render_text
from shared.report.xlsx import render_xlsx, sheet_names

COLUMNS = [
    Column(key="member", label="Organisme"),
    Column(key="cases_quarter", label="Trimestre", kind="count", group="Dossiers individuels"),
    Column(key="cases_ytd", label="Cumul depuis le 01/01", kind="count", group="Dossiers individuels"),
    Column(key="amount", label="Montant facturé HT", kind="amount"),
    Column(key="received", label="Reçu le", kind="date"),
]
FORMULAS = ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1"]


def table(rows: Sequence[Row] | None = None, title: str = "Activité par membre") -> Table:
    """A table with all kinds of columns and rows."""
    usual = [
        Row(cells=["Plate-forme Nord", None, None, None, None], style="section"),
        Row(cells=["CIL Lille", 1234, 12345678, Decimal("1234567.5"), date(2005, 4, 6)]),
        Row(cells=["CIL Lens <b>", 0, None, Decimal("0.10"), None]),
        Row(cells=["Total", 1234, 12345678, Decimal("1234567.60"), None], style="total"),
    ]
    return Table(key="member", title=title, columns=COLUMNS, rows=usual if rows is None else rows, notes=["Note."])


def document(*tables: Table) -> Document:
    """A document of these tables."""
    return Document(title="Tableaux", subtitle="Édition 1", reference="MOB-2005-T1-1", tables=tables or (table(),))


def named(*names: str) -> Table:
    """A table with a row for each name."""
    return table([Row(cells=[name, 1, 1, Decimal(1), None]) for name in names])


def test_round_trips_through_its_bytes() -> None:
    """Nothing is lost on the way through JSON, types included."""
    first = document()
    again = Document.from_json(first.to_json())
    assert again == first
    assert again.to_json() == first.to_json()
    assert again.table("member").rows[1].cells == ("CIL Lille", 1234, 12345678, Decimal("1234567.50"), date(2005, 4, 6))
    assert first.sha256 == hashlib.sha256(first.to_json()).hexdigest()


def test_equal_amounts_give_equal_bytes() -> None:
    """However an amount was written, its cents are the same bytes."""
    ways: list[Cell] = [Decimal("12.5"), Decimal("12.500"), "12.50"]
    assert len({document(table([Row(cells=["A", 1, 1, way, None])])).sha256 for way in ways}) == 1


def test_cannot_be_changed() -> None:
    """A document that was issued stays what it is."""
    with pytest.raises(ValidationError):
        document().title = "Autre"  # type: ignore[misc]
    assert isinstance(document().tables, tuple)


@pytest.mark.parametrize(
    "cells",
    [
        ["A", 1, 1, Decimal("0.001"), None],
        ["A", 1, 1, Decimal("NaN"), None],
        ["A", 1, 1, Decimal("Infinity"), None],
        ["A", "1", 1, Decimal(1), None],
        ["A", 1, 1, "douze", None],
        [12, 1, 1, Decimal(1), None],
        ["A", 1, 1, Decimal(1), "hier"],
        ["A", 1, 1],
    ],
)
def test_refuses_cells_of_the_wrong_kind(cells: list[Cell]) -> None:
    """A cell is what its column announces."""
    with pytest.raises(ValidationError):
        table([Row(cells=cells)])


def test_refuses_two_things_with_one_key() -> None:
    """Columns and tables are found by their keys."""
    with pytest.raises(ValidationError):
        Table(key="t", title="T", columns=[COLUMNS[0], COLUMNS[0]])
    with pytest.raises(ValidationError):
        document(table(), table())


def test_html_is_french_escaped_and_accessible() -> None:
    """A reader with or without eyes finds the figures."""
    page = render_table(table())
    assert "1\u202f234\u202f567,50" in page
    assert "CIL Lens &lt;b&gt;" in page
    assert '<th scope="colgroup" colspan="2"' in page
    assert '<th scope="rowgroup" colspan="5"' in page
    assert page.count('<th scope="row"') == 3
    assert "<tfoot>" in page
    assert "<caption" in page
    assert "06/04/2005" in page


def test_html_for_mails_carries_its_own_styles() -> None:
    """Mail programs know no style sheet."""
    fragment = mail_fragment(table())
    assert "class=" not in fragment.html
    assert "style=" in fragment.html
    assert "style=" not in render_document(document())
    assert fragment.text == render_mail_text(table()) == render_text(table())


def test_text_is_aligned() -> None:
    """Numbers stand under one another."""
    lines = render_document_text(document()).splitlines()
    lille, total = (next(line for line in lines if line.startswith(start)) for start in ("CIL Lille", "Total"))
    assert lille.index("1\u202f234\u202f567,50") == total.index("1\u202f234\u202f567,60")
    assert lines[:3] == ["Tableaux", "Édition 1", "MOB-2005-T1-1"]


def test_text_wraps_its_notes() -> None:
    """A long note does not run out of the window."""
    note = "Un mot après l’autre. " * 20
    text = render_document_text(document(table().model_copy(update={"notes": (note,)})))
    assert max(map(len, text.splitlines())) <= 78
    assert note.strip() in text.replace("\n", " ")


def test_text_for_mails_folds_long_texts() -> None:
    """What the longest column says goes on under itself."""
    said = "Cette valeur n’est pas un nombre. " * 5
    columns = [Column(key="line", label="Ligne", kind="count"), Column(key="said", label="Ce qui ne va pas")]
    lines = render_mail_text(Table(key="t", title="T", columns=columns, rows=[Row(cells=[2, said])])).splitlines()
    assert max(map(len, lines)) <= 100
    assert " ".join(" ".join(lines).split()).count("Cette valeur n’est pas un nombre.") == 5


def test_text_for_mails_leaves_out_what_is_too_wide() -> None:
    """Twenty columns of numbers cannot be read there."""
    columns = [Column(key=f"n{n}", label=f"Colonne {n}", kind="count") for n in range(20)]
    wide = Table(key="t", title="Large", columns=columns, rows=[Row(cells=list(range(20)))], notes=["(1) Note."])
    text = render_mail_text(wide)
    assert text.startswith("Large\n\nCe tableau est trop large")
    assert max(map(len, text.splitlines())) <= 78
    assert "Colonne" not in text
    assert "Note" not in text


def test_csv_is_for_machines() -> None:
    """Commas, points, ISO days; the kind of each row beside it."""
    content = render_csv(table()).decode()
    assert content.splitlines() == [
        "member,cases_quarter,cases_ytd,amount,received,row_style",
        "CIL Lille,1234,12345678,1234567.50,2005-04-06,normal",
        "CIL Lens <b>,0,,0.10,,normal",
        "Total,1234,12345678,1234567.60,,total",
    ]
    assert render_csv(table(), row_styles=False).startswith(b"member,cases_quarter,cases_ytd,amount,received\r\n")


def test_csv_streams_in_pieces() -> None:
    """A long table need not fit in memory."""
    pieces = list(stream_csv(["n"], ([n] for n in range(10)), chunk=4))
    assert len(pieces) == 3
    assert b"".join(pieces).split() == [b"n", *(str(n).encode() for n in range(10))]


def test_workbook_gives_equal_numbers_back() -> None:
    """What openpyxl reads is what the document says."""
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document()))).active
    assert sheet is not None
    rows = {str(row[0].value): row for row in sheet.iter_rows() if row[0].value}
    lille = rows["CIL Lille"]
    assert (lille[1].value, lille[2].value) == (1234, 12345678)
    assert Decimal(str(lille[3].value)) == Decimal("1234567.50")
    assert lille[4].value.date() == date(2005, 4, 6)  # type: ignore[union-attr]
    assert rows["CIL Lens <b>"][2].value is None
    assert sheet.freeze_panes == "B6"
    assert sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == ("landscape", 9)


def test_workbook_prints_the_table_and_no_more() -> None:
    """Long notes are as wide as the table, on as many lines as they need; so are long headings."""
    group = "Nombre de dossiers individuels aboutis et facturés dans le trimestre"
    columns = [column.model_copy(update={"group": column.group and group}) for column in COLUMNS]
    noted = table().model_copy(update={"columns": tuple(columns), "notes": ("Une note bien longue. " * 30,)})
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(noted)))).active
    assert sheet is not None
    last = sheet.max_row
    assert sheet.print_area == f"'Activité par membre'!$A$1:$E${last}"
    assert {"A1:E1", "A2:E2", f"A{last}:E{last}"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    heights = [sheet.row_dimensions[row].height or 0 for row in (1, 2, 4, 5, last)]
    assert heights[0] < 30
    assert heights[1] < 30
    assert min(heights[2:4]) >= 30
    assert heights[4] > 90


def test_workbook_of_one_column_opens() -> None:
    """Nothing is merged where there is nothing to merge with."""
    narrow = Table(key="t", title="Un titre plus long que la colonne", columns=[Column(key="n", label="N")])
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(narrow)))).active
    assert sheet is not None
    assert sheet["A1"].value == narrow.title
    assert not sheet.merged_cells.ranges


def test_workbook_names_its_sheets_as_asked() -> None:
    """A title may be too long for a sheet's name."""
    content = render_xlsx(document(table(), table().model_copy(update={"key": "other"})), ["T1 2005", "T2 2005"])
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["T1 2005", "T2 2005"]


def test_workbook_keeps_what_a_spreadsheet_would_round() -> None:
    """Beyond fifteen digits the figure is written as text."""
    huge = Decimal("12345678901234.56")
    content = render_xlsx(document(table([Row(cells=["A", 1, 1, huge, None])])))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert "12\u202f345\u202f678\u202f901\u202f234,56" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_workbook_of_no_table_opens() -> None:
    """A document without tables is still a file."""
    assert openpyxl.load_workbook(io.BytesIO(render_xlsx(Document(title="Rien")))).sheetnames == ["Document"]


def test_same_document_gives_same_bytes() -> None:
    """Kept once by their fingerprint, files must not differ by the hour."""
    assert render_xlsx(document()) == render_xlsx(Document.from_json(document().to_json()))


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_becomes_a_formula(name: str) -> None:
    """A member's name cannot make a spreadsheet run anything."""
    hostile = Document(title=name, reference=name, subtitle=name, tables=[named(name)], notes=[name])
    for sheet in openpyxl.load_workbook(io.BytesIO(render_xlsx(hostile))).worksheets:
        texts = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert not [cell.value for cell in texts if cell.data_type == "f" or begins_formula(str(cell.value))]
    fields = [field for row in csv.reader(io.StringIO(render_csv(named(name)).decode(), newline="")) for field in row]
    assert not [field for field in fields if begins_formula(field)]


def test_harmless_names_stay_as_they_are() -> None:
    """An apostrophe comes only where it is needed."""
    assert [inert(name) for name in ("CIL-Nord", "3F", "", " ", "L’Habitat")] == [
        "CIL-Nord",
        "3F",
        "",
        " ",
        "L’Habitat",
    ]


def test_sheet_names_are_safe_and_distinct() -> None:
    """Spreadsheets are particular about names."""
    names = sheet_names(["Par région : 1/2", "par RÉGION   1 2", "x" * 40, "x" * 50, "", "''", "History"])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "History" not in names


@settings(max_examples=40, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20),
    count=st.integers(0, 9_999_999),
    cents=st.integers(0, 99_999_999_999),
)
def test_all_renderers_say_the_same_numbers(name: str, count: int, cents: int) -> None:
    """Page, text, workbook and CSV agree to the cent."""
    amount = Decimal(cents) / 100
    one = table([Row(cells=[name, count, count, amount, None])])
    record = next(csv.DictReader(io.StringIO(render_csv(one).decode(), newline="")))
    assert (int(record["cases_quarter"]), Decimal(record["amount"])) == (count, amount)
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(one)))).active
    assert sheet is not None
    cells = [sheet.cell(row=6, column=column).value for column in (2, 4)]
    assert [Decimal(str(cell)) for cell in cells] == [count, amount]
    french = f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",")
    assert french in render_table(one)
    assert french in render_text(one)
