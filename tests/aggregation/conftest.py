"""The room's schema in a real PostgreSQL, emptied before each test."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.database import Database
from shared.migrations import migrate
from shared.settings import DatabaseSettings
from tests.infrastructure import Servers, own_database

# The room may not empty its journal.
_TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'aggregation' AND tablename NOT IN ('alembic_version', 'journal')
"""


@pytest.fixture(scope="session")
async def room_url(servers: Servers) -> AsyncIterator[str]:
    """A database with the room's newest schema, for all tests of the room."""
    async with own_database(servers.database_url) as url:
        await migrate(url, "aggregation")
        yield url


@pytest.fixture(scope="session")
async def any_database(room_url: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=SecretStr(room_url)), "aggregation")
    yield database
    await database.close()


async def empty(database: Database) -> None:
    async with database.transaction() as work:
        names = [row.tablename for row in await work.execute(_TABLES)]
        # Lines first: they refer to their versions.
        for name in sorted(names, key=lambda name: not name.endswith("line")):
            await work.execute(f"DELETE FROM {name}")


@pytest.fixture
async def database(any_database: Database) -> Database:
    """The room's door to its schema, all tables empty."""
    await empty(any_database)
    return any_database
