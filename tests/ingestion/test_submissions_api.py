"""The HTTP door on a real PostgreSQL: receipts, refusals, versions, walls between platforms."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.cli.house import build_pages
from services.compliance import app as compliance
from services.ingestion import app as ingestion
from shared.settings import Settings
from shared.web import build_web

GOLDEN = Path(__file__).parents[1] / "golden" / "network-2005"
FORM = "assistance-trimestriel"


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    rooms = {"compliance": compliance.build(settings), "ingestion": ingestion.build(settings)}
    web = build_web(rooms, settings, build_pages())
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client
    for room in rooms.values():
        await room.database.close()


async def test_before_any_registry_ingestion_is_not_ready(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/submissions")
    assert answer.status_code == 401
