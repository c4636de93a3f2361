"""The positioning sheets of a golden network, in all their forms, on a real PostgreSQL."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import openpyxl
import pytest
from pypdf import PdfReader

from services.aggregation.app import build
from services.aggregation.handlers.totals import add_to_totals
from shared.database import Database
from shared.events import DayBegan
from shared.pages import Pages
from shared.readings import begin_day
from shared.room import Heard
from shared.web import build_web
from tests.aggregation.conftest import empty
from tests.aggregation.submissions import golden_events, network_of, read
from tests.aggregation.test_editions import put_registry
from tests.infrastructure import Servers, settings_for
from tests.shared.admin import admin_headers

GOLDEN = "network-2005"
SHEET = "/api/v1/positioning/member/CIL-001"


@pytest.fixture(scope="module")
async def filled(any_database: Database) -> Database:
    await empty(any_database)
    async with any_database.transaction() as work:
        await put_registry(work, network_of(GOLDEN), version=77)
        await add_to_totals(work, [Heard(read(event), 0) for event in golden_events(GOLDEN)])
        await begin_day(work, DayBegan(day=date(2007, 3, 1)))
    return any_database


@pytest.fixture
async def client(filled: Database, servers: Servers, room_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_for(servers, room_url)
    room = build(settings)
    app = build_web({"aggregation": room}, settings, Pages({"aggregation": Path("services/aggregation/templates")}))
    headers = await admin_headers(settings, room.database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client
    await room.database.close()


async def test_a_member_sees_its_own_figures_as_the_tables_have_them(client: httpx.AsyncClient) -> None:
    answer = await client.get(SHEET, params={"period": "2006-T2"})
    assert answer.status_code == 200
    sheet = answer.json()
    assert (sheet["level"], sheet["code"], sheet["period"]) == ("member", "CIL-001", "2006-T2")
    table = (await client.get("/api/v1/tables", params={"year": 2006, "format": "json"})).json()
    own = {
        (row["form"], row["measure"]): row["quarter"]
        for row in table
        if (row["code"], row["period"], row["level"]) == ("CIL-001", "2006-T2", "member")
    }
    shown = {
        (row["form"], row["indicator"]): row["value"]
        for row in sheet["positions"]
        if row["group"] == "own" and row["statistic"] == "quarter"
    }
    assert own
    assert {key: str(value) for key, value in shown.items() if key in own} == {key: str(v) for key, v in own.items()}


async def test_the_same_sheet_as_csv_xlsx_and_pdf(client: httpx.AsyncClient) -> None:
    files = {
        kind: (await client.get(SHEET, params={"period": "2006-T2", "format": kind})).content
        for kind in ("csv", "xlsx", "pdf")
    }
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    assert len(rows) > 20
    assert openpyxl.load_workbook(io.BytesIO(files["xlsx"])).sheetnames
    pdf = PdfReader(io.BytesIO(files["pdf"]))
    assert len(pdf.pages) == 1
    assert "CIL-001" in pdf.pages[0].extract_text()


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/api/v1/positioning/member/CIL-999", {}, 404),
        ("/api/v1/positioning/region/11", {}, 422),
        (SHEET, {"groupe": "CIL-001,CIL-002"}, 422),
        (SHEET, {"groupe": "CIL-001,CIL-002,CIL-999,CIL-014,CIL-026"}, 422),
        (SHEET, {"period": "2004-T9"}, 422),
        ("/api/v1/positioning/platform/PF01", {"period": "2006-T2"}, 200),
    ],
)
async def test_what_cannot_be_told_says_why(
    client: httpx.AsyncClient, path: str, query: dict[str, str], status: int
) -> None:
    answer = await client.get(path, params=query)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.json()["detail"]


async def test_the_page_draws_its_charts_and_leads_to_every_sheet(client: httpx.AsyncClient) -> None:
    page = await client.get("/positionnement/member/CIL-001", params={"period": "2006-T2"})
    assert page.status_code == 200
    assert "<svg" in page.text
    assert 'role="img"' in page.text
    assert "style=" not in page.text.split("<main", 1)[1].split("<svg", 1)[0]
    chooser = await client.get("/positionnement")
    assert chooser.status_code == 200
    led = await client.get("/positionnement", params={"de": "platform/PF01", "period": "2006-T2"})
    assert led.headers["location"].startswith("/positionnement/platform/PF01?period=2006-T2")
