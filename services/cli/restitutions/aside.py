"""A database beside the one in use, in which something is made again and then thrown away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from pydantic import SecretStr
from sqlalchemy import make_url

from services.cli.house import BUILDERS
from shared.migrations import migrate
from shared.room import Room
from shared.settings import Settings


@asynccontextmanager
async def room_aside(settings: Settings, name: str) -> AsyncIterator[Room]:
    """A room with its own empty tables, in a new database of the same server."""
    url = make_url(settings.database.url.get_secret_value())
    database = f"{name}_aside_{uuid4().hex[:12]}"
    owner = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await owner.execute(f'CREATE DATABASE "{database}"')
        try:
            async with _room(settings, url.set(database=database).render_as_string(hide_password=False), name) as room:
                yield room
        finally:
            await owner.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
    finally:
        await owner.close()


@asynccontextmanager
async def _room(settings: Settings, url: str, name: str) -> AsyncIterator[Room]:
    await migrate(url, name)
    there = settings.database.model_copy(update={"url": SecretStr(url)})
    room = BUILDERS[name](settings.model_copy(update={"database": there}))
    try:
        yield room
    finally:
        await room.database.close()
