"""The forms as served: descriptions and help for anybody, templates for whom they are made."""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.forms import FORMS
from tests.ingestion.sendings import FORM, PERIOD, accepted, send
from tests.shared.house import House

pytestmark = pytest.mark.infra

ADDRESS = "/api/v1/forms"
PAGE = {"Accept": "text/html"}


async def template(house: House, form: str = FORM, headers: dict[str, str] | None = None, **asked: str) -> Any:
    params = {"period": PERIOD, **asked}
    return await house.http.get(
        f"{ADDRESS}/{form}/template", params=params, headers=house.of("PF01") if headers is None else headers
    )


async def test_descriptions_are_for_anybody(house: House) -> None:
    listed = (await house.http.get(ADDRESS)).json()["forms"]
    assert [one["name"] for one in listed] == list(FORMS)
    for one in listed:
        answer = await house.http.get(f"{ADDRESS}/{one['name']}")
        assert (answer.status_code, answer.json()) == (200, one)
    period = await house.http.get(f"{ADDRESS}/{FORM}", params={"period": PERIOD})
    assert period.json()["due_days"] == 30


@pytest.mark.parametrize(
    ("path", "status"), [("inconnu", 404), (f"{FORM}?period=2005", 422), (f"{FORM}?period=x", 422)]
)
async def test_what_is_no_form_or_no_period_of_it(house: House, path: str, status: int) -> None:
    assert (await house.http.get(f"{ADDRESS}/{path}")).status_code == status


@pytest.mark.parametrize("signed_in", [False, True])
async def test_each_form_has_its_help(house: House, signed_in: bool) -> None:
    headers = PAGE | (house.of("PF01") if signed_in else {})
    listed = await house.http.get("/formulaires", headers=headers)
    for form in FORMS.values():
        assert f'href="/formulaires/{form.code}"' in listed.text
        page = await house.http.get(f"/formulaires/{form.code}", headers=headers)
        assert page.status_code == 200
        assert all(f"<code>{column.name}</code>" in page.text for column in form.columns)
        assert ("Se connecter" in page.text) != signed_in
        assert (f'action="{ADDRESS}/{form.code}/template"' in page.text) == signed_in
        targets = set(re.findall(r'href="#([^"]+)"', page.text)) - {"contenu"}
        assert targets <= set(re.findall(r'id="([^"]+)"', page.text))
    assert (await house.http.get("/formulaires/inconnu", headers=headers)).status_code == 404


async def test_a_template_sent_back_as_it_came_lacks_the_figures_and_filled_in_counts(house: House) -> None:
    answer = await template(house)
    assert answer.headers["content-disposition"] == f'attachment; filename="{FORM}_PF01_{PERIOD}.xlsx"'
    untouched = await send(house, answer.content, name="modele.xlsx")
    assert {error["code"] for error in untouched.json()["errors"]} == {"missing_value"}
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book[FORM]
    assert [sheet.cell(line, 1).value for line in (2, 3, 4)] == ["CIL02", "CCI03", "CIL01"]
    for line in (2, 3, 4):
        for place in (3, 4, 5):
            sheet.cell(line, place).value = line
    content = io.BytesIO()
    book.save(content)
    assert (await accepted(house, content.getvalue(), name="modele.xlsx"))["rows_accepted"] == 3


async def test_a_csv_template(house: House) -> None:
    answer = await template(house, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines == [";".join(FORMS[FORM].by_name), "CIL02;2A;;;;", "CCI03;35;;;;", "CIL01;35;;;;", ""]


async def test_whose_template_it_is(house: House) -> None:
    assert (await template(house, headers={})).status_code == 401
    assert (await template(house, platform="PF01")).status_code == 200
    assert (await template(house, platform="PF02")).status_code == 404
    assert (await template(house, headers=house.admin)).status_code == 422
    assert (await template(house, headers=house.admin, platform="PF99")).status_code == 404
    other = await template(house, "mobilite-trimestriel", house.admin, platform="PF02", format="csv")
    assert b"\r\nCIL04;971;" in other.content


@pytest.mark.parametrize("period", ["2005", "2004-T4", "2005-T5", ""])
async def test_a_period_that_the_form_does_not_know(house: House, period: str) -> None:
    answer = await template(house, period=period)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:pilotage:unknown_period")


async def test_the_page_of_submissions_leads_to_the_template_chosen(house: House) -> None:
    page = await house.http.get("/depots", headers=PAGE | house.of("PF01"))
    assert 'formaction="/depots/modele"' in page.text and 'href="/formulaires"' in page.text
    asked = {"form": FORM, "period": f"{PERIOD}&x=\r\n", "format": "xlsx", "file": ""}
    answer = await house.http.get("/depots/modele", params=asked, headers=house.of("PF01"))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ADDRESS}/{FORM}/template?period={PERIOD}%26x%3D%0D%0A&format=xlsx"
