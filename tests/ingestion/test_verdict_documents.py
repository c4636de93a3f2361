"""The verdict as documents: all errors page by page, the annotated workbook, the PDF, the page that leads to them."""

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingestion.domain import Asked, Judgement, judge
from services.ingestion.domain.marks import Marks
from services.ingestion.domain.verdict_told import Finding, VerdictTold, told
from services.ingestion.domain.verdicts import Error, Outcome, refusal
from services.ingestion.web.annotated import Annotation, annotate
from services.ingestion.web.verdict_pdf import render_verdict
from shared.forms import FORMS
from shared.network import Network
from tests.ingestion.generated import KINDS, period_of, tables
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, assistance, rejected, send, wrong
from tests.shared.house import House
from tests.shared.networks import small_network

MANY = 12_345
DAY = date(2006, 2, 1)
HEADER = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
NETWORK = Network.model_validate(small_network())


def many_errors() -> bytes:
    """Three in each row, so a page of a thousand rows holds more than a thousand; two codes in the last row alone."""
    rows = [f"C{n};x;-1;{n}" for n in range(4114)]
    return "\n".join([HEADER, *rows, "C4114;1,5;;4114"]).encode()


async def get(house: House, address: str) -> httpx.Response:
    return await house.http.get(address, headers=house.of("PF01"))


@pytest.mark.parametrize("many", [1000, 777])
async def test_the_links_walk_over_all_errors_and_they_are_those_of_the_csv(house: House, many: int) -> None:
    sent = await rejected(house, many_errors())
    assert sent["error_count"] == MANY
    found: list[dict[str, Any]] = []
    address: str | None = f"{sent['errors_pages_url']}?many={many}"
    while address:
        answer = await get(house, address)
        page = answer.json()
        assert (page["total"], page["first"]) == (MANY, len(found) + 1)
        assert page["next"] is None or (len(page["findings"]), answer.links["next"]["url"]) == (many, page["next"])
        found += page["findings"]
        address = page["next"]
    assert len(found) == MANY
    table = list(csv.DictReader(io.StringIO((await get(house, sent["errors_url"])).text)))
    written = [{name: "" if value is None else str(value) for name, value in one.items()} for one in found]
    for one in written:
        one["value"] = f"'{one['value']}" if one["value"] == "-1" else one["value"]
    assert table == written
    beyond = await get(house, f"{sent['errors_pages_url']}?first={MANY + 1}")
    assert (beyond.json()["findings"], beyond.json()["next"]) == ([], None)


async def test_a_french_spreadsheet_opens_the_french_csv(house: House) -> None:
    sent = await rejected(house, many_errors())
    content = (await get(house, f"{sent['errors_url']}?lang=fr")).content
    assert content.startswith(b"\xef\xbb\xbfLigne;Colonne;Gravit\xc3\xa9;Code;Erreur;Valeur re\xc3\xa7ue;")
    assert content.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == MANY + 1
    assert rows[1][:5] == ["2", "organisme", "erreur", "unknown_member", "Organisme inconnu"]
    assert (await get(house, f"{sent['errors_url']}?lang=de")).status_code == 422


def annotated(content: bytes, judgement: Judgement, form: str, excerpt: str | None = None) -> Any:
    marks = Marks()
    findings = tuple(told(error) for error in judgement.errors)
    for finding in findings:
        marks.add(finding)
    wanted = Annotation(FORMS[form], "titre", ("note",), findings, marks, excerpt)
    book = b"".join(annotate(io.BytesIO(content), wanted))
    return openpyxl.load_workbook(io.BytesIO(book))


def dressed(sheet: Any) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Where cells are coloured as faults are, and where they have a comment."""
    cells = [cell for row in sheet.iter_rows() for cell in row]
    filled = {(cell.row, cell.column) for cell in cells if cell.fill.fgColor.rgb == "FFFFC7CE"}
    return filled, {(cell.row, cell.column) for cell in cells if cell.comment}


def places(errors: tuple[Error, ...], header: list[str]) -> set[tuple[int, int]]:
    names = [name.strip().lower() for name in header]
    found = set()
    for error in errors:
        if error.line is None:
            continue
        if error.line == 1:
            at = [place for place, name in enumerate(names, start=1) if name == error.column]
            found |= {(1, place) for place in (at[1:] if error.code == "duplicate_column" else at)}
        else:
            found.add((error.line, names.index(error.column) + 1 if error.column else 1))
    return found


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_exactly_the_faulty_cells_are_coloured_and_commented(form: str, data: st.DataObject) -> None:
    table = data.draw(tables(FORMS[form]))
    content = KINDS[0](table)
    asked = Asked(FORMS[form], period_of(form), "PF01", NETWORK, DAY)
    judgement = judge(content, asked)
    if {"unreadable_file", "empty_file"} & set(judgement.codes):
        return
    book = annotated(content, judgement, form)
    sheet = book[form]
    expected = places(judgement.errors, table[0])
    assert dressed(sheet) == (expected, expected)
    for error in judgement.errors:
        if error.line and error.line > 1:
            place = table[0].index(error.column) + 1 if error.column else 1
            assert error.message in sheet.cell(error.line, place).comment.text
    assert book["Erreurs"].max_row == 4 + len(judgement.errors)


def test_a_copy_corrected_can_be_sent_again() -> None:
    content = f"\n{HEADER};commentaire\nCIL01;-12;1,50;1 234;\n\n;x;0;0;=1+1".encode()
    asked = Asked(FORMS[FORM], PERIOD, "PF01", NETWORK, DAY)
    judgement = judge(content, asked)
    book = annotated(content, judgement, FORM)
    again = io.BytesIO()
    book.save(again)
    assert judge(again.getvalue(), asked).errors == judgement.errors
    sheet = book[FORM]
    sheet["B3"], sheet["C3"], sheet["A5"], sheet["B5"] = 12, "1", "CIL02", 0
    corrected = io.BytesIO()
    book.save(corrected)
    taken = judge(corrected.getvalue(), asked)
    assert (taken.verdict, [line.member for line in taken.lines]) == ("accepted", ["CIL01", "CIL02"])


def test_an_excerpt_says_so_and_names_the_lines() -> None:
    content = f"{HEADER}\nCIL01;0;0;0\nCIL02;0;x;0\nCCI03;0;0;0\nCIL99;0;0;-1".encode()
    judgement = judge(content, Asked(FORMS[FORM], PERIOD, "PF01", NETWORK, DAY))
    sheet = annotated(content, judgement, FORM, excerpt="extrait")["Lignes en erreur"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["extrait", None, None, None, None],
        ["Ligne", *HEADER.split(";")],
        [3, "CIL02", 0, "x", 0],
        [5, "CIL99", 0, 0, -1],
    ]
    assert dressed(sheet) == ({(3, 4), (4, 2), (4, 5)}, {(3, 4), (4, 2), (4, 5)})


def test_a_workbook_bears_so_many_lines_each_with_all_its_findings() -> None:
    marks = Marks()
    taken = sum(marks.add(told(refusal("not_a_number", line=n // 2, column="x"))) for n in range(4, 50_000))
    assert (len(marks.lines), taken, marks.is_cut) == (20_000, 40_000, True)
    wide = Marks()
    for n in range(60_000):
        wide.add(told(refusal("not_a_number", line=2 + n // 40, column="x")))
    assert (len(wide.lines), {len(found) for found in wide.lines.values()}) == (1_250, {40})


async def test_what_is_downloaded(house: House) -> None:
    sent = await rejected(house, wrong(25_000))
    answer = await get(house, f"{ADDRESS}/{sent['id']}/errors.xlsx")
    assert answer.headers["content-disposition"] == f'attachment; filename="erreurs-{sent["number"]}.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("xl/comments1.xml").count(b"<comment ref") == 2 * 20_000 - 1
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    sheet = book["Lignes en erreur"]
    assert "20\u202f000 premières lignes" in str(sheet["A1"].value)
    assert sheet.max_row == 20_002
    notes = " ".join(str(book["Erreurs"].cell(row, 1).value) for row in range(1, 6))
    assert "39\u202f999 premières erreurs" in notes
    for content in (b"\x00", assistance(), assistance().replace(b"CIL01", b"CIL99")):
        sent = (await send(house, content)).json()
        answer = await get(house, f"{ADDRESS}/{sent['id']}/errors.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert ("Erreurs" in book.sheetnames, FORM in book.sheetnames) == (True, content != b"\x00")
        if content == assistance():
            colours = {cell.fill.fgColor.rgb for cell in book[FORM]["C"][1:]}
            assert colours == {"FFFFEB9C"}, "commitments above diagnoses are warnings"
        assert (await get(house, f"{ADDRESS}/{sent['id']}/verdict.pdf")).content.startswith(b"%PDF")


async def test_nothing_of_a_value_is_told_where_somebody_is_named(house: House) -> None:
    form = FORMS["dossiers-assistance"]
    header = ";".join(column.name for column in form.columns)
    secret = "Ninon12345"
    row = ";".join("06 12 34 56 78" if column.name == "situation" else secret for column in form.columns)
    await house.begin(DAY)
    await house.carry()
    sent = await rejected(house, f"{header}\n{row}".encode(), form=form.code, period="2005")
    assert "identifying_data" in {error["code"] for error in sent["errors"]}
    assert len(sent["errors"]) > 10
    assert secret not in str(sent)
    pages = ("", "/errors", "/verdict", "/errors.csv", "/errors.csv?lang=fr")
    for path in pages:
        answer = await get(house, f"{ADDRESS}/{sent['id']}{path}")
        assert answer.status_code == 200
        assert secret not in answer.text
        assert "12 34" not in answer.text
    page = await house.http.get(f"/depots/{sent['id']}", headers={"Accept": "text/html", **house.of("PF01")})
    assert secret not in page.text
    book = openpyxl.load_workbook(io.BytesIO((await get(house, f"{ADDRESS}/{sent['id']}/errors.xlsx")).content))
    assert book.sheetnames == ["Erreurs"]
    assert not any(secret in str(cell.value) for row in book["Erreurs"].iter_rows() for cell in row)
    validation = await house.http.post(
        "/api/v1/validations",
        params={"form": form.code, "period": "2005"},
        content=f"{header}\n{row}".encode(),
        headers=house.of("PF01"),
    )
    assert validation.json()["verdict"] == "rejected"
    assert secret not in validation.text


async def test_the_page_shows_what_is_expected_beside_what_was_received(house: House) -> None:
    sent = await rejected(house, many_errors())
    browser = {"Accept": "text/html", **house.of("PF01")}
    page = (await house.http.get(f"/depots/{sent['id']}", headers=browser)).text
    for path in ("errors.xlsx", "errors.csv?lang=fr", "verdict.pdf"):
        assert f'href="{ADDRESS}/{sent["id"]}/{path}"' in page
    assert '<td class="report-text" data-label="Attendu">un nombre sans signe, positif ou nul</td>' in page
    assert "Ce n’est pas un nombre." in page
    links = re.findall(r'<li><a href="(\?page=\d+)#(e\d+)">([^<]+)</a>\u00a0: ([^<]+)</li>', page)
    assert {title: many for _, _, title, many in links}["Organisme inconnu"] == "4\u202f115"
    assert len(links) == 5
    for query, anchor, title, _ in links:
        shown = (await house.http.get(f"/depots/{sent['id']}{query}", headers=browser)).text
        assert re.search(f'<tr id="{anchor}"[^>]*>.*<strong>{title}.</strong>', shown)


def verdict_of(many: int) -> VerdictTold:
    outcome = Outcome("rejected", {"not_a_number": many}, rows_refused=many)
    return VerdictTold(FORM, PERIOD, "PF01", DAY, "0" * 64, 1, outcome)


def findings(many: int, value: str) -> list[Finding]:
    return [
        told(refusal("not_a_number", line=n + 2, column="diagnostics_prealables", value=value)) for n in range(many)
    ]


# What a hostile sender may put into a cell: typst's own signs, what no letter draws, what turns the line round.
_HOSTILE = ("#panic(1) $x$ <y> @z", "日本語 😀 \u202e\ue000\ud800", '"]]}, "', "\\u{1}\t\n\x00", "x" * 2000, "#include")


@pytest.mark.parametrize("value", _HOSTILE)
def test_the_pdf_is_accessible_and_the_same_bytes_each_time(value: str) -> None:
    facts = [("Fichier", value)]
    first, second = (render_verdict("Verdict", facts, verdict_of(3), findings(3, value)) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first
    assert b"/Lang(fr-FR)" in first
    assert b"CreationDate" not in first, "another day would be other bytes"
    assert b"/MediaBox[0 0 595.27" in first


def test_the_pdf_holds_so_many_findings_and_says_how_many_more() -> None:
    pages = {}
    for many in (500, 501, MANY):
        pdf = render_verdict("Verdict", [], verdict_of(many), findings(min(many, 600), "x"))
        pages[many] = int(re.search(rb"<xmpTPg:NPages>(\d+)<", pdf)[1])  # type: ignore[index]
    assert pages[500] <= pages[501] == pages[MANY]
    assert pages[500] > 10
