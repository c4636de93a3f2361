"""A house without Kafka for the tests of the core: one database, emptied before each test."""

import secrets
from collections.abc import AsyncIterator

import pytest

from shared import hearing
from shared.database import Database
from shared.settings import Settings
from tests.infrastructure import Servers, settings_for
from tests.shared.emptied import empty, one_database
from tests.shared.tally_room import TallyRoom


@pytest.fixture(scope="session")
async def lasting_database(servers: Servers, migrated: str) -> AsyncIterator[str]:
    async with one_database(servers, migrated) as url:
        yield url


@pytest.fixture
async def settings(servers: Servers, lasting_database: str) -> Settings:
    """All rooms, empty; topics are made by whoever needs Kafka, under a prefix of the test's own."""
    await empty(lasting_database)
    return settings_for(servers, lasting_database, prefix=f"core-{secrets.token_hex(4)}-")


@pytest.fixture
async def tally(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TallyRoom]:
    monkeypatch.setattr(hearing, "_PATIENCE", (0.01, 0.01, 0.01))
    database = Database(settings.database, "compliance")
    yield TallyRoom(database)
    await database.close()
