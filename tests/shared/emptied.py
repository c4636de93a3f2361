"""One database for many tests, emptied before each: making a database costs more than most tests do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from shared.topics import ROOMS
from tests.infrastructure import Servers, own_database

# Without triggers: neither what refers to others nor what is frozen may keep a test's rows for the next.
_EMPTY = """
DO $$ DECLARE one record; BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN
        SELECT c.oid::regclass AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname IN ({rooms}) AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %s', one.name);
    END LOOP;
END $$
""".format(rooms=", ".join(f"'{room}'" for room in ROOMS))


@asynccontextmanager
async def one_database(servers: Servers, template: str) -> AsyncIterator[str]:
    """The database of a folder's tests, whose commits need not survive a power cut."""
    async with own_database(servers.database_url, template) as url:
        await _as_owner(url, f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET synchronous_commit = off")
        yield url


async def empty(url: str) -> None:
    """Deletes every row of every room."""
    await _as_owner(url, _EMPTY)


async def _as_owner(url: str, statement: str) -> None:
    owner = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await owner.execute(statement)
    finally:
        await owner.close()
