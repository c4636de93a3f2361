"""Templates: filled in they are accepted, with a wrong cell refused there, untouched refused only where they must."""

import csv
import io
import re
import zipfile
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from xlsxwriter.worksheet import Worksheet

from services.ingestion.domain import Asked, Judgement, judge
from services.ingestion.domain.templates import Template, csv_template, periods_to_report, template_of
from services.ingestion.web.template_checks import CheckNotTaken
from services.ingestion.web.template_xlsx import render_template
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from tests.ingestion.conftest import golden_network
from tests.ingestion.filling import WRONG, filled, rows_of

NETWORK = golden_network("network-2005").network
PLATFORMS = [platform.code for platform in NETWORK.platforms if platform.agreed_on(date(2005, 12, 31))]
SENT = date(2006, 2, 1)
SLOW = settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
CODES = pytest.mark.parametrize("code", FORMS)


def made(code: str, platform: str, network: Network = NETWORK) -> Template:
    form = FORMS[code]
    return template_of(form, Period.parse("2005" if form.kind == "annual" else "2005-T2"), platform, network)


def judged(content: bytes, template: Template, network: Network = NETWORK) -> Judgement:
    return judge(content, Asked(template.form, str(template.period), template.platform, network, SENT))


def templates_of(code: str) -> list[Template]:
    """Of some platforms that owe the form."""
    period = made(code, "PF01").period
    return [made(code, platform) for platform in PLATFORMS if NETWORK.owes(platform, FORMS[code], period)][:4]


@cache
def workbook(code: str, platform: str) -> bytes:
    return render_template(made(code, platform))


def as_csv(template: Template, rows: list[dict[str, Any]]) -> bytes:
    """The CSV template with its rows completed by hand."""
    text = io.StringIO(csv_template(template).decode("utf-8-sig"), newline="")
    header, *_ = csv.reader(text, delimiter=";")
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([header, *([row.get(name) for name in header] for row in rows)])
    return written.getvalue().encode()


@CODES
@given(data=st.data())
@SLOW
def test_filled_in_it_is_accepted(code: str, data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(templates_of(code)))
    rows = data.draw(rows_of(template))
    if code == "partenariats":
        rows = [{**row, "partenaire_nom": f"Partenaire {n}"} for n, row in enumerate(rows)]
    for content in (filled(workbook(code, template.platform), template.form, rows), as_csv(template, rows)):
        judgement = judged(content, template)
        assert judgement.errors == ()
        assert (judgement.verdict, judgement.rows_accepted) == ("accepted", len(rows))


@CODES
@given(data=st.data())
@SLOW
def test_with_a_wrong_cell_it_is_refused_there(code: str, data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(templates_of(code)))
    rows = data.draw(rows_of(template))
    column = data.draw(st.sampled_from([one for one in template.form.columns if one.type in WRONG]))
    wrong = [*WRONG[column.type], *([(None, "missing_value")] if column.required else [])]
    value, raised = data.draw(st.sampled_from(wrong))
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = {**rows[at], column.name: value}
    if code == "partenariats":
        rows = [{**row, "partenaire_nom": f"Partenaire {n}"} for n, row in enumerate(rows)]
    errors = judged(filled(workbook(code, template.platform), template.form, rows), template).errors
    expected = (raised, at + 2, column.name)
    places = [(error.code, error.line, error.column) for error in errors]
    # A survey that lacks a right item is told so as well, without a line.
    assert [place for place in places if place[1] is not None] == [expected]
    assert {place[0] for place in places if place[1] is None} <= {"missing_item"}


@CODES
def test_untouched_it_lacks_what_must_be_filled_in_and_nothing_else(code: str) -> None:
    for template in templates_of(code):
        required = [column.name for column in template.form.columns if column.required]
        expected = [
            ("missing_value", line, name)
            for line, known in enumerate(template.rows, start=2)
            for name in required
            if name not in known
        ]
        for content in (workbook(code, template.platform), csv_template(template)):
            judgement = judged(content, template)
            assert [(error.code, error.line, error.column) for error in judgement.errors] == expected
            # Without a row an annual form says that there is nothing to report.
            assert (judgement.verdict == "accepted") == (template.rows == ())


def test_the_rows_are_the_platforms_own_members() -> None:
    template = made("assistance-trimestriel", "PF02")
    day = template.period.last_day
    performers = NETWORK.performers("PF02", "assistance", day)
    assert {row["organisme"]: row["departement"] for row in template.rows} == {
        member.code: member.department_on(day) for member in performers
    }
    assert [row["departement"] for row in template.rows] == sorted(row["departement"] for row in template.rows)
    satisfaction = made("satisfaction", "PF02")
    assert len({tuple(row.values()) for row in satisfaction.rows}) == len(satisfaction.rows)
    services = sum(len(member.services) for member in satisfaction.members)
    assert len(satisfaction.rows) == 4 * services > 0
    assert "ensemble" not in {row["item"] for row in satisfaction.rows}
    assert all(made(code, "PF02").rows == () for code in ("dossiers-assistance", "dossiers-mobilite", "partenariats"))


@CODES
def test_the_workbook_helps_its_reader(code: str) -> None:
    template = made(code, "PF01")
    content = render_template(template)
    assert content == render_template(template)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [code, "Notice", "Listes"]
    sheet, columns = book[code], template.form.columns
    assert book.active == sheet
    assert book["Listes"].sheet_state == "hidden"
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    assert sheet.protection.sheet and all(cell.protection.locked for cell in sheet[1])
    comments = [cell.comment.text if cell.comment else "" for cell in sheet[1]]
    assert all(column.label in comment for comment, column in zip(comments, columns, strict=True))
    known = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]
    assert len(known) == sum(map(len, template.rows)) and not any(cell.protection.locked for cell in known)
    assert not any(dimension.protection.locked for dimension in sheet.column_dimensions.values())
    assert sheet.dimensions.startswith("A1:") and sheet.max_column == len(columns)
    assert declared_dimension(content) == sheet.dimensions
    assert sheet.freeze_panes is not None and sheet.print_title_rows == "$1:$1"
    assert {str(one.sqref) for one in sheet.data_validations.dataValidation} == {
        f"{letter}2:{letter}20001" for letter in map(get_column_letter, range(1, len(columns) + 1))
    }
    texts = [str(cell.value) for row in book["Notice"].iter_rows() for cell in row if cell.value]
    assert template.form.title in texts and any(template.file_name("xlsx") in text for text in texts)
    assert {member.code for member in template.members} <= set(texts)


def declared_dimension(content: bytes) -> str:
    """As the sheet itself says it, which some readers trust."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = re.search(rb'<dimension ref="([^"]+)"', archive.read("xl/worksheets/sheet1.xml"))
    assert found
    return found[1].decode()


def test_drop_down_lists_offer_what_may_be_written() -> None:
    template = made("satisfaction", "PF01")
    book = load_workbook(io.BytesIO(render_template(template)))
    offered = {
        str(column[0].value): [cell.value for cell in column[1:] if cell.value] for column in book["Listes"].columns
    }
    assert offered["organismes"] == [member.code for member in template.members]
    assert offered["item_mobilite"] == list(template.form.codes["item_mobilite"])
    [check] = [one for one in book["satisfaction"].data_validations.dataValidation if str(one.sqref) == "C2:C20001"]
    assert check.formula1.startswith('IF($B2="assistance",Listes!$')
    book = load_workbook(io.BytesIO(render_template(made("partenariats", "PF01"))))
    checks = book["partenariats"].data_validations.dataValidation
    [service] = [one for one in checks if str(one.sqref) == "A2:A20001"]
    assert service.formula1 == "Listes!$A$2:$A$2"


def test_a_check_that_is_not_taken_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worksheet, "data_validation", lambda *_: -2)
    with pytest.raises(CheckNotTaken, match="assistance-trimestriel: organisme"):
        render_template(made("assistance-trimestriel", "PF01"))


def test_nothing_in_it_is_a_formula() -> None:
    raw = NETWORK.model_dump(by_alias=True)
    raw["members"] = [{**member, "name": "=HYPERLINK(1)", "code": f"={member['code']}"} for member in raw["members"]]
    raw["members"] = [{**member, "delegations": []} for member in raw["members"]]
    strange = Network.model_validate(raw)
    template = made("assistance-trimestriel", "PF01", strange)
    book = load_workbook(io.BytesIO(render_template(template)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" or str(cell.value).startswith("=") for cell in cells)
    assert b";=" not in csv_template(template) and b"\n=" not in csv_template(template)


def test_the_csv_opens_in_a_french_spreadsheet() -> None:
    content = csv_template(made("mobilite-trimestriel", "PF01"))
    assert content.startswith(b"\xef\xbb\xbforganisme;departement;dossiers_individuels;")
    assert content.count(b"\r\n") == content.count(b"\n") == len(made("mobilite-trimestriel", "PF01").rows) + 1


def test_periods_begin_with_the_running_one() -> None:
    quarters = periods_to_report(FORMS["assistance-trimestriel"], "2005-T1", Period.parse("2006-T1"))
    assert list(map(str, quarters)) == ["2006-T1", "2005-T4", "2005-T3", "2005-T2", "2005-T1"]
    assert list(map(str, periods_to_report(FORMS["satisfaction"], "2005-T3", Period.parse("2006-T1")))) == [
        "2006",
        "2005",
    ]
