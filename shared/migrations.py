"""Runs a room's alembic migrations in its own schema, as the owner of the database."""

from importlib.resources import files

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.database import room_role

_PREPARE = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; "
    "END IF; END $$",
    "CREATE SCHEMA IF NOT EXISTS {schema}",
    "GRANT {role} TO CURRENT_USER",
)


def _upgrade(connection: Connection, room: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files(f"services.{room}") / "migrations"))
    config.attributes.update(connection=connection, schema=room)
    command.upgrade(config, "head")


async def migrate(url: str, room: str) -> None:
    """Creates the room's role and schema where missing and brings its tables to the newest version."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await migrate_within(connection, room)
    await engine.dispose()


async def migrate_within(connection: AsyncConnection, room: str) -> None:
    """The same in a transaction that has begun."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('pilotage-migrate'))"))
    for statement in _PREPARE:
        await connection.exec_driver_sql(statement.format(role=room_role(room), schema=room))
    await connection.run_sync(_upgrade, room)


def run_script(sql: str) -> None:
    """Executes statements parted by a semicolon at a line's end; PostgreSQL's driver takes them one by one only."""
    for statement in sql.split(";\n"):
        if statement.strip():
            op.execute(statement)


def run_migrations() -> None:
    """The body of every room's `migrations/env.py`."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], version_table_schema=attributes["schema"])
    context.run_migrations()
