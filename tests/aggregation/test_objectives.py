"""Objectives: set by UESL in versions, shown beside the totals of their level, frozen in editions."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.aggregation.app import build
from services.aggregation.domain.objectives import rate
from services.aggregation.tables.objectives import About, all_objectives, objectives_of, set_objectives
from shared.database import Database
from shared.events import DayBegan
from shared.pages import Pages
from shared.readings import begin_day
from shared.report import NOT_APPLICABLE
from shared.web import build_web
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import ISSUE_DAY, document_of, fold, put_registry, small_network, work_day
from tests.infrastructure import Servers, settings_for
from tests.shared.admin import admin_headers

ASSISTANCE, DIAGNOSTICS = "assistance-trimestriel", "diagnostics_prealables"
NATIONAL = About(ASSISTANCE, DIAGNOSTICS, "national", "FR", 2005)
SET_ON = date(2005, 3, 1)


@pytest.fixture(autouse=True)
async def registry(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2"))
        await begin_day(work, DayBegan(day=SET_ON))


@pytest.fixture
async def client(database: Database, servers: Servers, room_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings_for(servers, room_url)
    room = build(settings)
    app = build_web({"aggregation": room}, settings, Pages({"aggregation": Path("services/aggregation/templates")}))
    headers = await admin_headers(settings, room.database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client
    await room.database.close()


def wanted(value: Any, **other: Any) -> dict[str, Any]:
    return {"form": ASSISTANCE, "measure": DIAGNOSTICS, "by": "national", "year": 2005, "value": value, **other}


async def keep(database: Database, about: About, value: int | None, day: date = SET_ON) -> int:
    async with database.transaction() as work:
        return await set_objectives(work, [(about, value)], day, "admin")


async def test_each_change_is_a_version_and_is_said(database: Database) -> None:
    assert [await keep(database, NATIONAL, value) for value in (100, 100, 120, None, None)] == [1, 0, 1, 1, 0]
    async with database.transaction() as work:
        assert [(one.version, one.value) for one in await all_objectives(work, 2005)] == [(3, None), (2, 120), (1, 100)]
        assert await objectives_of(work, ASSISTANCE, 2005) == []
        said = (await work.execute("SELECT count(*) FROM outbox WHERE type = 'ObjectivesSet'")).scalar_one()
    assert said == 3


async def test_an_edition_shows_those_set_before_its_day_and_stays(database: Database) -> None:
    await keep(database, NATIONAL, 40)
    await keep(database, NATIONAL, 80, ISSUE_DAY)
    await fold(database, accepted({"CIL-1": [10, 0, 0], "CIL-2": [5, 0, 0]}))
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-national-1")
    [row] = document.table("objectives").rows
    assert row.cells == ("Ensemble", "Nb de diagnostics préalables", 40, 15, Decimal("37.5"))


@pytest.mark.parametrize(
    ("by", "code", "done"),
    [("national", "FR", 15), ("platform", "PF01", 15), ("member", "CIL-2", 5), ("region", "11", 15)],
)
async def test_each_level_shows_its_own(
    database: Database, client: httpx.AsyncClient, by: str, code: str, done: int
) -> None:
    await fold(database, accepted({"CIL-1": [10, 0, 0], "CIL-2": [5, 0, 0]}))
    answer = await client.put("/api/v1/objectives", json=[wanted(30, by=by, code=code)])
    assert (answer.status_code, answer.json()) == (200, {"changed": 1})
    for level in ("national", "platform", "member", "region"):
        shown = await client.get(f"/api/v1/tables/{ASSISTANCE}", params={"period": "2005-T1", "by": level})
        tables = {table["key"]: table for table in shown.json()["document"]["tables"]}
        assert ("objectives" in tables) == (level == by)
        if level == by:
            assert tables["objectives"]["rows"][0]["cells"][2:4] == [30, done]


@pytest.mark.parametrize(
    "fault",
    [
        {"measure": "montant_facture_ht"},
        {"form": "satisfaction-2005"},
        {"by": "member", "code": "CIL-9"},
        {"by": "region", "code": "99"},
        {"code": "XX"},
        {"value": "1.5"},
    ],
)
async def test_what_is_not_known_is_refused_whole(client: httpx.AsyncClient, fault: dict[str, Any]) -> None:
    answer = await client.put("/api/v1/objectives", json=[wanted(30), {**wanted(1), **fault}])
    assert answer.status_code == 422
    assert "objectif 2" in answer.json()["detail"]
    assert (await client.get("/api/v1/objectives", params={"year": 2005})).json() == []


async def test_the_page_sets_moves_and_takes_away(client: httpx.AsyncClient) -> None:
    form = {"year": "2005", "measure": "mobilite-trimestriel/montant_facture_ht", "by": "national", "code": ""}
    for value, shown in (("1 234 567,50", "1 234 567,50".replace(" ", "\u202f")), ("", "retiré")):
        answer = await client.post("/objectifs", data={**form, "value": value}, headers={"origin": "http://test"})
        assert answer.status_code == 303, answer.text
        assert shown in (await client.get("/objectifs?year=2005")).text
    refused = await client.post("/objectifs", data={**form, "value": "beaucoup"}, headers={"origin": "http://test"})
    assert refused.status_code == 422
    assert "Ce n’est pas un nombre positif." in refused.text


def test_a_rate_of_nothing_has_no_meaning() -> None:
    assert (rate(1, 3), rate(5, 0)) == (Decimal("33.3"), NOT_APPLICABLE)
