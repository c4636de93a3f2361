"""A real PostgreSQL with the room's schema, emptied before each test."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import alembic.op  # TEMPORARY-PATCH
import asyncpg
import pytest

from deploy.embedded.folder import choose_ports, open_folder
from deploy.embedded.postgres import Postgres
from deploy.embedded.supervisor import Supervisor
from shared.database import Database
from shared.migrations import migrate
from shared.settings import DatabaseSettings

KEPT = ("alembic_version",)


@pytest.fixture(scope="session")
async def server_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The server given by the environment, else one of our own for as long as the tests last."""
    if given := os.environ.get("PILOTAGE_DATABASE__URL"):
        yield given
        return
    data: Path = tmp_path_factory.mktemp("aggregation") / "data"
    open_folder(data)
    postgres = Postgres(data, choose_ports(data, {"postgres": None})["postgres"])
    await postgres.prepare()
    supervisor = Supervisor(data)
    supervisor.add(postgres.child())
    await supervisor.start()
    try:
        yield postgres.url
    finally:
        await supervisor.stop()


@pytest.fixture(scope="session")
async def room_url(server_url: str) -> AsyncIterator[str]:
    """A database of the tests' own, with the room's newest schema."""
    base, name = server_url.rsplit("/", 1)[0], f"test_aggregation_{uuid4().hex[:8]}"
    plain = server_url.replace("postgresql+asyncpg://", "postgresql://")
    owner = await asyncpg.connect(plain)
    await owner.execute(f"CREATE DATABASE {name}")
    real = alembic.op.execute  # TEMPORARY-PATCH
    alembic.op.execute = lambda sql: [real(part) for part in sql.split(";\n") if part.strip()]  # TEMPORARY-PATCH
    await migrate(f"{base}/{name}", "aggregation")
    yield f"{base}/{name}"
    await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await owner.close()


@pytest.fixture(scope="session")
async def any_database(room_url: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=room_url), "aggregation")  # type: ignore[arg-type]
    yield database
    await database.close()


async def empty(database: Database) -> None:
    async with database.engine.begin() as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'aggregation'"
        names = [row[0] for row in await connection.exec_driver_sql(query) if row[0] not in KEPT]
        for name in sorted(names, key=lambda name: name != "superseded_line"):
            await connection.exec_driver_sql(f"DELETE FROM aggregation.{name}")


@pytest.fixture
async def database(any_database: Database) -> Database:
    """The room's door to its schema, all tables empty."""
    await empty(any_database)
    return any_database
