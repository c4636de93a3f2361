"""The long table is of one moment, whatever is folded while it is read."""

from collections.abc import Iterable

import httpx
import pytest

from services.aggregation.app import build
from services.aggregation.tables.lines import last_reported_periods
from shared.database import Database
from shared.pages import Pages
from shared.periods import Period
from shared.transaction import Transaction
from shared.web import build_web
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import fold, put_registry, small_network
from tests.infrastructure import Servers, settings_for
from tests.shared.admin import admin_headers


@pytest.fixture
async def filled(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr("shared.readings._whole", {})
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2"))
    await fold(database, accepted({"CIL-1": [1, 2, 3]}))
    return database


async def test_what_is_folded_between_two_statements_is_not_half_seen(
    filled: Database, servers: Servers, room_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def after_a_fold(work: Transaction, forms: Iterable[str]) -> dict[str, Period]:
        await fold(filled, accepted({"CIL-1": [5, 5, 5]}, period="2005-T2"))
        return await last_reported_periods(work, forms)

    monkeypatch.setattr("services.aggregation.web.tables.last_reported_periods", after_a_fold)
    settings = settings_for(servers, room_url)
    room = build(settings)
    transport = httpx.ASGITransport(build_web({"aggregation": room}, settings, Pages({})))
    headers = await admin_headers(settings, room.database)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        rows = (await client.get("/api/v1/tables", params={"year": 2005})).json()
    await room.database.close()
    assert {row["period"] for row in rows} == {"2005-T1"}
