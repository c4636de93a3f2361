"""Fixtures of all tests: one real Kafka and PostgreSQL per run, a fresh migrated database per test."""

import os
from collections.abc import AsyncIterator

import pytest

from services.ingestion.domain.signing import new_private_pem
from shared.broker import create_topics
from shared.migrations import migrate
from shared.settings import Settings
from shared.topics import ROOMS
from tests.infrastructure import Servers, own_database, real_servers, settings_for

# No deployment receives without a key for its receipts; it has no default.
os.environ.setdefault("PILOTAGE_RECEIPT_KEY", new_private_pem())


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with real_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture(scope="session")
async def migrated(servers: Servers) -> AsyncIterator[str]:
    """The name of a database with every room's newest schema, to copy from."""
    async with own_database(servers.database_url) as url:
        for room in ROOMS:
            await migrate(url, room)
        yield url.rsplit("/", 1)[1]


@pytest.fixture
async def settings(servers: Servers, migrated: str) -> AsyncIterator[Settings]:
    """A house of the test's own: fresh database; topics are made by whoever needs Kafka (`topics`)."""
    async with own_database(servers.database_url, migrated) as url:
        prefix = url.rsplit("/", 1)[1] + "-"
        yield settings_for(servers, url, prefix=prefix)


@pytest.fixture
async def topics(settings: Settings) -> None:
    """The catalogue's topics, under a prefix of the test's own."""
    await create_topics(settings.kafka)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses the servers, or starts some, is marked so: `-m "not infra"` is then the fast part."""
    for item in items:
        starts_servers = item.path.name in ("test_embedded.py", "test_jars.py", "test_supervisor.py", "test_mailbox.py")
        if starts_servers or "servers" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.infra)
