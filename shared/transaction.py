"""One unit of work: what is changed and what is said about it are committed together (outbox)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Result, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event

_INSERT = text(
    """
    WITH said AS (
        INSERT INTO outbox (id, topic, key, type, body)
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]),
                             CAST(:types AS text[]), CAST(:bodies AS text[])))
    SELECT pg_notify(:channel, '')
    """
)


# The driver's own statements do not begin the transaction: one of the session's must have.
_BEGUN = text("SELECT 1")


class Transaction:
    """A session in its room's schema, and the events to be said if it commits."""

    def __init__(self, session: AsyncSession, room: str, schema: str = "") -> None:
        self.session = session
        self.room, self.schema = room, schema or room
        self._said: list[tuple[UUID, Event]] = []

    def say(self, event: Event) -> UUID:
        """To be published after the commit, in the order said; only the topic's writer may."""
        if event.topic.writer != self.room:
            raise PermissionError(f"{self.room} does not write {event.topic.name}")
        identity = uuid4()
        self._said.append((identity, event))
        return identity

    async def execute(self, sql: str, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()) -> Result[Any]:
        return await self.session.execute(text(sql), parameters or None)

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Adds many rows by binary COPY, in this transaction; a row that is there already is an error."""
        connection = await (await self.session.connection()).get_raw_connection()
        driver: Any = connection.driver_connection
        await self.session.execute(_BEGUN)
        await driver.copy_records_to_table(table, records=rows, columns=columns, schema_name=self.schema)

    async def flush_said(self) -> None:
        if not self._said:
            return
        await self.session.execute(
            _INSERT,
            {
                "ids": [identity for identity, _ in self._said],
                "topics": [event.topic.name for _, event in self._said],
                "keys": [event.key for _, event in self._said],
                "types": [type(event).__name__ for _, event in self._said],
                "bodies": [event.model_dump_json(by_alias=True) for _, event in self._said],
                "channel": f"outbox_{self.room}",
            },
        )
        self._said.clear()
