"""PostgreSQL: one database, a schema and a non-owner role per room, one transaction per unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.settings import DatabaseSettings
from shared.transaction import Transaction

EVERYBODY = "*"
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


class NotDurable(RuntimeError):
    """PostgreSQL is set to lose what it has confirmed."""


def room_role(room: str) -> str:
    return f"pilotage_{room}"


def _replace_closed(connection: Any, *_: object) -> None:
    """A server that restarted has closed the connections of the pool; to ask it each time would cost a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError  # the pool takes another


class Database:
    """A room's door to its own schema; nobody reads another's.

    schema: another than the one in use, where the room is built again beside it.
    """

    def __init__(
        self, settings: DatabaseSettings, room: str, *, application: str = "pilotage", schema: str = ""
    ) -> None:
        self.room, self.schema = room, schema or room
        self.url = settings.url.get_secret_value()
        self.server_settings = {
            "role": room_role(room),
            "search_path": self.schema,
            "application_name": f"{application}-{room}",
            "statement_timeout": str(settings.statement_timeout_ms),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
        }
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=settings.pool_size,
            max_overflow=0,
            hide_parameters=True,  # what was received stays out of logs and of the causes of dead letters
            connect_args={"server_settings": self.server_settings, "timeout": 20},
        )
        event.listen(self.engine.sync_engine, "checkout", _replace_closed)

    @asynccontextmanager
    async def transaction(self, viewer: str = EVERYBODY, *, one_snapshot: bool = False) -> AsyncIterator[Transaction]:
        """Commits at the end, outbox included, or leaves nothing.

        viewer: whose rows are seen, a platform's code or `*`; one_snapshot: every query sees the same moment.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            if one_snapshot:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            await session.execute(text("SELECT set_config('pilotage.viewer', :viewer, true)"), {"viewer": viewer})
            work = Transaction(session, self.room, self.schema)
            yield work
            await work.flush_said()

    async def check_durable(self) -> None:
        """Refuses a server that could lose a confirmed commit; raises NotDurable."""
        async with self.engine.connect() as connection:
            for name in _DURABLE:
                value = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
                if value == "off":
                    raise NotDurable(f"PostgreSQL: {name} is off")

    async def close(self) -> None:
        await self.engine.dispose()
