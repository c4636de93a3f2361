"""What the routes and pages of lineage tell, and whom: the admin, a Plate-forme, a member, anybody else."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest

from shared.database import Database
from shared.events import DayBegan, SubmissionAccepted
from shared.readings import begin_day
from shared.settings import Settings
from tests.aggregation.asking import client_of, headers_of
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import fold, put_registry, small_network, work_day
from tests.infrastructure import Servers, settings_for

pytestmark = pytest.mark.infra

WHY, WHERE = "/api/v1/lineage", "/api/v1/lineage/lines"
CELL = {"form": "assistance-trimestriel", "period": "2005-T1", "measure": "diagnostics_prealables"}
FIRST, SECOND = date(2005, 4, 6), date(2005, 5, 1)
PAGE = {"accept": "text/html"}


@pytest.fixture
def settings_here(servers: Servers, room_url: str) -> Settings:
    return settings_for(servers, room_url)


@pytest.fixture
async def sent(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[SubmissionAccepted]:
    """PF01 sends two versions, the first of them printed; PF02 one. The second quarter has begun."""
    monkeypatch.setattr("shared.readings._whole", {})
    events = [
        accepted({"CIL-1": [1, 0, 0], "CIL-3": [2, 0, 0]}, day=FIRST, departments={"CIL-3": "35"}),
        accepted({"CIL-2": [100, 0, 0]}, platform="PF02", day=FIRST, comments={"CIL-2": "agence fermée"}),
        accepted({"CIL-1": [5, 0, 0], "CIL-3": [2, 0, 0]}, version=2, day=SECOND, departments={"CIL-3": "35"}),
        accepted({"CIL-1": [10, 0, 0]}, period="2005-T2", day=date(2005, 7, 4)),
    ]
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3"))
        await begin_day(work, DayBegan(day=date(2005, 7, 10)))
    await fold(database, *events)
    for day in (SECOND, date(2005, 5, 2)):
        await work_day(database, day)
    return events


@pytest.fixture
async def client(sent: list[SubmissionAccepted], settings_here: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(settings_here) as client:
        yield client


async def told(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **asked: str) -> dict[str, Any]:
    answer = await client.get(WHY, params={**CELL, **asked}, headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["agrees"] is True
    assert body["total"] == body["sum"]
    return body


async def test_a_figure_is_told_with_all_that_makes_it(
    client: httpx.AsyncClient, sent: list[SubmissionAccepted]
) -> None:
    body = await told(client, by="region", code="53")
    assert (body["total"], body["count"], body["next"]) == (2, 1, None)
    assert body["lines"] == [
        {
            "period": "2005-T1", "platform": "PF01", "member": "CIL-3", "department": "35", "region": "53", "value": 2,
            "submission": str(sent[2].submission), "version": 2, "line": 3, "received_on": "2005-05-01",
            "corrected": True,
        }
    ]  # fmt: skip
    (replaced,) = body["superseded"]
    assert (replaced["version"], replaced["replaced_on"], replaced["value"]) == (1, "2005-05-01", 2)


async def test_every_level_and_span(client: httpx.AsyncClient) -> None:
    found = {
        (by, code, span): (await told(client, by=by, code=code, span=span, period="2005-T2"))["total"]
        for by, code in (("national", "FR"), ("platform", "PF01"), ("member", "CIL-1"), ("region", "11"))
        for span in ("quarter", "ytd")
    }
    assert list(found.values()) == [10, 117, 10, 17, 10, 15, 10, 115]
    own = await told(client, by="platform", code="PF01", member="CIL-3")
    assert [line["member"] for line in own["lines"]] == ["CIL-3"]
    assert (await told(client, by="region", code="11", member="CIL-2", period="2005-T2"))["total"] == 0


async def test_as_an_edition_printed_it(client: httpx.AsyncClient) -> None:
    first, second = (f"assistance-trimestriel-2005-T1-member-{n}" for n in (1, 2))
    before = await told(client, by="member", code="CIL-1", edition=first)
    assert (before["total"], before["lines"][0]["version"], before["superseded"]) == (1, 1, [])
    after = await told(client, by="member", code="CIL-1", edition=second)
    assert (after["total"], after["lines"][0]["version"]) == (5, 2)
    assert (await told(client, edition=first))["total"] == 103
    assert (await told(client, edition="synthese-2005-T1-national-1"))["total"] == 103


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"measure": "nothing"}, 404),
        ({"form": "satisfaction"}, 404),
        ({"by": "member", "code": "CIL-9"}, 404),
        ({"by": "national", "code": "11"}, 404),
        ({"by": "member", "code": "CIL-1", "member": "CIL-1"}, 404),
        ({"period": "2005-T3"}, 404),
        ({"period": "2004-T4"}, 422),
        ({"span": "year"}, 422),
        ({"by": "planet"}, 422),
        ({"code": "\0", "by": "member"}, 422),
        ({"edition": "nothing"}, 404),
        ({"edition": "\0"}, 422),
        ({"edition": "assistance-trimestriel-2005-T1-region-1", "by": "platform", "code": "PF01"}, 404),
        ({"edition": "mobilite-trimestriel-2005-T1-national-1"}, 404),
    ],
)
async def test_what_no_table_prints_is_refused(client: httpx.AsyncClient, asked: dict[str, str], status: int) -> None:
    answer = await client.get(WHY, params={**CELL, **asked})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


FILED = ("submission", "version", "line", "received_on", "corrected")


async def test_to_others_a_line_is_what_tables_say(
    client: httpx.AsyncClient, database: Database, settings_here: Settings, sent: list[SubmissionAccepted]
) -> None:
    readers: list[tuple[dict[str, str], set[str], int]] = [
        ({"platform": "PF01"}, {"CIL-1", "CIL-3"}, 2),
        ({"platform": "PF02"}, {"CIL-2"}, 0),
        ({"member": "CIL-1"}, {"CIL-1"}, 1),
        ({"platform": "PF09"}, set(), 0),
    ]
    for name, own, replaced in readers:
        headers = await headers_of(settings_here, database, **name)
        body = await told(client, headers)
        assert (body["total"], len(body["lines"])) == (107, 3)
        for line in body["lines"]:
            assert {line[field] is None for field in FILED} == {line["member"] not in own}, (name, line)
        assert len(body["superseded"]) == replaced
        for kind in ("json", "csv", "xlsx"):
            answer = await client.get(WHY, params={**CELL, "format": kind}, headers=headers)
            hidden = {str(event.submission) for event in sent} - {str(line["submission"]) for line in body["lines"]}
            hidden -= {line["submission"] for line in body["superseded"]}
            text = " ".join(_texts(answer, kind))
            assert not [one for one in (*hidden, "agence fermée") if one in text], name


def _texts(answer: httpx.Response, kind: str) -> Iterator[str]:
    assert answer.status_code == 200
    if kind != "xlsx":
        yield answer.text
        return
    for sheet in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets:
        yield from (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


async def test_files_hold_every_line_and_what_was_replaced(client: httpx.AsyncClient) -> None:
    answer = await client.get(WHY, params={**CELL, "span": "ytd", "period": "2005-T2", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["state"] for row in rows] == ["standing"] * 4 + ["superseded"] * 2
    assert sum(int(row["value"]) for row in rows if row["state"] == "standing") == 117
    workbook = await client.get(WHY, params={**CELL, "span": "ytd", "period": "2005-T2", "format": "xlsx"})
    sheets = openpyxl.load_workbook(io.BytesIO(workbook.content)).worksheets
    assert [sheet.title for sheet in sheets] == [
        "Les lignes de ce chiffre", "Les trimestres de ce cumul", "Ce que disaient les versions re",
    ]  # fmt: skip
    totals = [row for row in sheets[0].iter_rows(values_only=True) if row[0] == "Somme"]
    assert totals[0][6] == 117


async def test_a_page_of_lines_leads_to_the_next(client: httpx.AsyncClient) -> None:
    body = await told(client, many="2")
    assert len(body["lines"]) == 2
    following = (await client.get(body["next"])).json()
    assert (following["first"], len(following["lines"]), following["next"]) == (3, 1, None)


async def test_a_line_tells_where_it_goes(client: httpx.AsyncClient, sent: list[SubmissionAccepted]) -> None:
    body = (await client.get(WHERE, params={"submission": str(sent[2].submission), "line": 3})).json()
    assert (body["standing"], body["member"], body["values"]["diagnostics_prealables"]) == (True, "CIL-3", 2)
    rows = {(cell["period"], cell["by"], cell["code"], cell["member"], cell["span"]) for cell in body["cells"]}
    groups = (("member", "CIL-3", None), ("region", "53", None), ("region", "53", "CIL-3"),
              ("platform", "PF01", None), ("platform", "PF01", "CIL-3"), ("national", "FR", None))  # fmt: skip
    assert rows == {
        (period, *group, span)
        for group in groups
        for period, span in (("2005-T1", "quarter"), ("2005-T1", "ytd"), ("2005-T2", "ytd"))
    }
    for cell in body["cells"][::7]:
        lines = (await client.get(cell["lineage"])).json()["lines"]
        assert (str(sent[2].submission), 3) in [(line["submission"], line["line"]) for line in lines]
    assert {one["number"] for one in body["editions"]} == {
        *(f"assistance-trimestriel-2005-T1-{by}-2" for by in ("member", "region", "platform", "national")),
        "synthese-2005-T1-national-2",
    }
    shown = {(one["period"], one["table"], one["column"]) for one in body["syntheses"]}
    assert {("2005-T1", "figures", "quarter"), ("2005-T2", "figures", "previous_rate")} <= shown
    assert {("2005-T2", "five", "ytd_2005-T2"), ("2005-T2", "five", "quarter_2005-T1")} <= shown
    assert ("2005-T2", "figures", "quarter") not in shown


async def test_a_line_that_was_replaced_stays_where_it_was_printed(
    client: httpx.AsyncClient, sent: list[SubmissionAccepted]
) -> None:
    body = (await client.get(WHERE, params={"submission": str(sent[0].submission), "line": 2})).json()
    assert (body["standing"], body["replaced_on"], body["cells"], body["syntheses"]) == (False, "2005-05-01", [], [])
    assert {one["edition"] for one in body["editions"]} == {1}
    assert len(body["editions"]) == 5


async def test_a_line_of_anothers_does_not_exist(
    client: httpx.AsyncClient, database: Database, settings_here: Settings, sent: list[SubmissionAccepted]
) -> None:
    nowhere = {"submission": "6f2c3a52-5d0b-4b5a-9c0e-3a6d6a1f7a10", "line": "2"}
    own = {"submission": str(sent[0].submission), "line": "2"}
    for name, status in (("PF01", 200), ("PF02", 404)):
        headers = await headers_of(settings_here, database, platform=name)
        for path in (WHERE, "/tableaux/ligne"):
            answer = await client.get(path, params=own, headers=headers)
            assert answer.status_code == status
            if status == 404:
                assert answer.text == (await client.get(path, params=nowhere, headers=headers)).text
    member = await headers_of(settings_here, database, member="CIL-1")
    for line, status in (("2", 200), ("3", 404)):
        assert (await client.get(WHERE, params={**own, "line": line}, headers=member)).status_code == status
    page = await client.get("/tableaux/ligne", params={"submission": own["submission"]}, headers={**member, **PAGE})
    assert "CIL-1" in page.text
    assert "CIL-3" not in page.text


_LINK = re.compile(r'<td class="report-number">(?:<a class="report-why" href="([^"]+)" aria-label="([^"]+)">)?([^<]*)<')


async def test_every_figure_of_a_page_leads_to_what_makes_it(client: httpx.AsyncClient) -> None:
    asked = "form=assistance-trimestriel&period=2005-T1"
    pages = [
        *(f"/tableaux?{asked}&by={by}" for by in ("member", "region", "platform", "national")),
        "/tableaux/synthese?period=2005-T2",
        *(f"/tableaux/editions/assistance-trimestriel-2005-T1-{by}-2" for by in ("member", "platform", "national")),
        "/tableaux/editions/synthese-2005-T1-national-2",
    ]
    for address in pages:
        page = await client.get(address, headers=PAGE)
        found = [(href.replace("&amp;", "&"), text) for href, _, text in _LINK.findall(page.text) if href]
        assert len(found) > 5, address
        for href, text in found:
            why = await client.get(href, headers=PAGE)
            assert why.status_code == 200, (address, href)
            assert "alert-success" in why.text
            assert text.strip() in why.text, (address, href, text)


async def test_pages_of_lines_are_there(client: httpx.AsyncClient, sent: list[SubmissionAccepted]) -> None:
    page = await client.get("/tableaux/pourquoi", params={**CELL, "by": "member", "code": "CIL-1"}, headers=PAGE)
    for text in ("D’où vient ce chiffre", "CIL 1", "version 2", "versions remplacées", f"/depots/{sent[0].submission}"):
        assert text in page.text
    where = await client.get("/tableaux/ligne", params={"submission": str(sent[2].submission), "line": 2}, headers=PAGE)
    for text in ("Où va cette ligne", "Total national".lower(), "synthese-2005-T1-national-2", "par région"):
        assert text in where.text
