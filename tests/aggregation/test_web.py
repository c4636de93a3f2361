"""What the room serves: tables, editions and pages, from a golden network, on a real PostgreSQL."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import openpyxl
import pytest
from pypdf import PdfReader

from services.aggregation.app import build
from services.aggregation.handlers.restitutions import issue_restitutions
from services.aggregation.handlers.totals import add_to_totals
from shared.database import Database
from shared.events import DayBegan
from shared.pages import Pages
from shared.readings import begin_day
from shared.report import Document, french
from shared.report.french import sort_key
from shared.room import Heard
from shared.web import build_web
from tests.aggregation.conftest import empty
from tests.aggregation.submissions import GOLDEN, golden_events, network_of, read
from tests.aggregation.test_editions import put_registry
from tests.infrastructure import Servers, settings_for
from tests.shared.admin import admin_headers

GOLDEN_NAME = "network-2005"
ISSUE_DAY = date(2005, 5, 1)


@pytest.fixture(scope="module")
async def filled(any_database: Database) -> Database:
    """All accepted files of the golden network, and the first issue."""
    await empty(any_database)
    async with any_database.transaction() as work:
        await put_registry(work, network_of(GOLDEN_NAME), version=77)
        await add_to_totals(
            work, [Heard(read(event), sum(event.key.encode()) % 12) for event in golden_events(GOLDEN_NAME)]
        )
        await issue_restitutions(work, ISSUE_DAY)
        await begin_day(work, DayBegan(day=date(2007, 3, 1)))
    return any_database


@pytest.fixture
async def client(filled: Database, servers: Servers, room_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_for(servers, room_url)
    room = build(settings)
    pages = Pages({"aggregation": Path("services/aggregation/templates")})
    app = build_web({"aggregation": room}, settings, pages)
    headers = await admin_headers(settings, room.database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client
    await room.database.close()


async def test_the_long_table_is_the_expected_one(client: httpx.AsyncClient) -> None:
    shown: list[list[str]] = []
    for year in (2005, 2006):
        answer = await client.get("/api/v1/tables", params={"year": year, "format": "csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        header, *rows = csv.reader(io.StringIO(answer.text))
        shown += rows
    with (GOLDEN / GOLDEN_NAME / "expected" / "tables.csv").open() as file:
        expected_header, *expected = csv.reader(file)
    assert header == expected_header
    assert sorted(shown) == sorted(expected)


async def test_the_long_table_as_json_and_of_a_year_without_lines(client: httpx.AsyncClient) -> None:
    (first, *_) = (await client.get("/api/v1/tables", params={"year": 2005})).json()
    assert first["measure"] == "diagnostics_prealables"
    assert (await client.get("/api/v1/tables", params={"year": 2009})).json() == []


async def test_a_table_by_level_as_json_csv_and_xlsx(client: httpx.AsyncClient) -> None:
    address = "/api/v1/tables/mobilite-trimestriel"
    for by in ("member", "region", "platform", "national"):
        asked = {"period": "2005-T3", "by": by}
        shown = (await client.get(address, params=asked)).json()
        figures = Document.model_validate(shown["document"]).table("figures")
        rows = list(csv.DictReader(io.StringIO((await client.get(address, params={**asked, "format": "csv"})).text)))
        assert rows[-1]["dossiers_individuels_quarter"] == str(figures.rows[-1].cells[-6])
        assert ("group" in rows[0]) == (by in ("region", "platform"))
        book = openpyxl.load_workbook(
            io.BytesIO((await client.get(address, params={**asked, "format": "xlsx"})).content)
        )
        assert book.worksheets[0].max_row > len(figures.rows)
        book.close()


async def test_a_table_as_pdf_prints_the_figures_of_the_others(client: httpx.AsyncClient) -> None:
    asked = {"period": "2005-T3", "by": "region"}
    address = "/api/v1/tables/mobilite-trimestriel"
    rows = (await client.get(address, params=asked)).json()["document"]["tables"][0]["rows"]
    answer = await client.get(address, params={**asked, "format": "pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].endswith('"mobilite-trimestriel-2005-T3-region.pdf"')
    printed = {line for page in PdfReader(io.BytesIO(answer.content)).pages for line in page.extract_text().split("\n")}
    figures = [row for row in rows if row["style"] != "section"]
    assert len(figures) > 50
    for row in figures:
        name, code, *counts, quarter, ytd = row["cells"]
        texts = [*map(french.number, counts), *(french.amount(Decimal(cell)) for cell in (quarter, ytd))]
        assert " ".join([name, *filter(None, [code]), *texts]) in printed


async def test_the_dashboard_is_sorted_by_department_then_name(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tables/assistance-trimestriel", params={"period": "2005-T1", "by": "member"})
    rows = answer.json()["document"]["tables"][0]["rows"]
    heads = [(row["cells"][0], sort_key(row["cells"][1])) for row in rows[:-1]]
    assert heads == sorted(heads)
    assert rows[-1]["cells"][1] == "Total service CIL-PASS assistance"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/tables/nothing?period=2005-T1", 404),
        ("/api/v1/tables/satisfaction?period=2005", 404),
        ("/api/v1/tables/mobilite-trimestriel?period=2005", 422),
        ("/api/v1/tables/mobilite-trimestriel?period=2004-T4", 422),
        ("/api/v1/tables/mobilite-trimestriel?period=2005-T5", 422),
        ("/api/v1/tables/mobilite-trimestriel?period=%00", 422),
        ("/api/v1/tables/mobilite-trimestriel?period=2005-T1&by=planet", 422),
        ("/api/v1/tables/mobilite-trimestriel", 422),
        ("/api/v1/tables?year=99999999999999999999", 422),
        ("/api/v1/tables", 422),
        ("/api/v1/editions/nothing", 404),
        ("/api/v1/editions/%00", 404),
        ("/api/v1/editions?period=%00", 422),
        ("/tableaux?form=nothing", 404),
        ("/tableaux?period=%00", 422),
        ("/tableaux/editions/%00", 404),
    ],
)
async def test_what_does_not_exist_is_refused(client: httpx.AsyncClient, address: str, status: int) -> None:
    answer = await client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_period_without_lines_is_an_empty_table_that_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/tables/mobilite-trimestriel", params={"period": "2008-T1", "by": "region"})
    shown = answer.json()
    assert shown["complete"] is False
    assert shown["document"]["tables"][0]["rows"] == []
    assert shown["document"]["tables"][0]["notes"][0] == "Aucune ligne n’a été reçue pour ce trimestre."


async def test_editions_are_listed_and_read_back_as_issued(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/api/v1/editions", params={"period": "2005-T1"})).json()
    assert len(listed) == 9
    for edition in listed:
        whole = (await client.get(f"/api/v1/editions/{edition['number']}")).json()
        assert Document.model_validate(whole["document"]).sha256 == edition["sha256"]
        for kind in ("csv", "xlsx", "pdf"):
            assert (await client.get(f"/api/v1/editions/{edition['number']}?format={kind}")).status_code == 200


async def test_pages_show_the_table_its_state_and_its_editions(client: httpx.AsyncClient) -> None:
    client.headers["accept"] = "text/html"
    page = await client.get("/tableaux", params={"form": "mobilite-trimestriel", "period": "2005-T1", "by": "platform"})
    assert page.status_code == 200
    for text in ("par Plate-forme", "Cumul depuis le 01/01/05", "Total national", "Télécharger", "Tableau"):
        assert text in page.text
    link = '<a href="/tableaux/editions/mobilite-trimestriel-2005-T1-platform-1" aria-label="édition 1'
    assert f'{link} par Plate-forme, 1er\u00a0mai 2005">1er\u00a0mai 2005</a>, incomplète' in page.text
    assert page.text.count('<th scope="col">Édition 1</th>') == 1
    assert page.text.count("/tableaux/editions/mobilite-trimestriel-2005-T1-") == 4
    assert (await client.get("/tableaux")).status_code == 200
    edition = await client.get("/tableaux/editions/mobilite-trimestriel-2005-T1-platform-1")
    assert edition.status_code == 200
    assert "édition 1 du 1er\u00a0mai 2005" in edition.text


async def test_nobody_reads_without_signing_in(client: httpx.AsyncClient) -> None:
    del client.headers["authorization"]
    for address in (
        "/api/v1/tables?year=2005",
        "/api/v1/editions",
        "/api/v1/tables/mobilite-trimestriel?period=2005-T1",
    ):
        assert (await client.get(address)).status_code == 401
