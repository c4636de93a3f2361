"""A real PostgreSQL with the room's schema, and the room as it hears there."""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from services.notification.app import build
from services.notification.handlers.sending import Sending
from services.notification.settings import SmtpSettings
from shared.events import Event
from shared.hearing import Hearing
from shared.migrations import migrate
from shared.room import Room
from shared.settings import Settings
from shared.wire import headers_of
from tests.infrastructure import Servers, own_database, settings_for
from tests.notification.post import Post


@dataclass(frozen=True)
class Raw:
    """A record as Kafka would hand it over."""

    topic: str
    partition: int
    offset: int
    value: bytes
    headers: list[tuple[str, bytes]]
    key: bytes | None = None


@dataclass
class Office:
    """The room with its database; `hear` goes through the one adapter, as in the `work` process."""

    room: Room
    hearing: Hearing
    settings: Settings
    offset: int = field(default=0)

    async def hear(self, *events: Event) -> None:
        records = []
        for event in events:
            self.offset += 1
            identity, kind = uuid.uuid4(), type(event).__name__
            headers = headers_of(identity, kind, event.topic.writer, "2005-01-01T00:00:00Z")
            records.append(Raw(event.topic.name, 0, self.offset, event.model_dump_json().encode(), headers))
        await self.hearing.hear(records)
        await self.hearing.work_days()
        assert await self.rows("SELECT cause, detail FROM dead_letter") == []

    async def rows(self, query: str) -> list[dict[str, object]]:
        async with self.room.database.transaction() as work:
            return [dict(row._mapping) for row in await work.execute(query)]

    async def say(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        async with self.room.database.transaction() as work:
            await work.execute(statement, values or {})

    def sending(self, port: int, **other: object) -> Sending:
        smtp = {"host": "127.0.0.1", "port": port, "starttls": False, "timeout_seconds": 1, **other}
        return Sending(self.room.database, SmtpSettings.model_validate(smtp))


@pytest.fixture(scope="session")
async def migrated_notification(servers: Servers) -> AsyncIterator[str]:
    """A database with this room's schema, to copy from."""
    async with own_database(servers.database_url) as url:
        await migrate(url, "notification")
        yield url.rsplit("/", 1)[1]


@pytest.fixture
async def office(
    servers: Servers, migrated_notification: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """A room with a database of its own."""
    monkeypatch.setenv("PILOTAGE_SMTP__SENDER", "Pilotage – réseau <pilotage@uesl.example>")
    async with own_database(servers.database_url, migrated_notification) as url:
        settings = settings_for(servers, url, simulation=False)
        room = build(settings)
        yield Office(room, Hearing(room), settings)
        await room.database.close()


@pytest.fixture
def post() -> Iterator[Post]:
    """A real SMTP server that can be told to misbehave."""
    server = Post()
    yield server
    server.stop()
