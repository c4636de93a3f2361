"""A real PostgreSQL with the room's schema, and the room as it hears there."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.embedded.folder import free_port, open_folder
from deploy.embedded.postgres import Postgres
from deploy.embedded.supervisor import Supervisor
from services.notification.app import build
from services.notification.handlers.sending import Sending
from services.notification.settings import SmtpSettings
from shared.events import Event
from shared.hearing import Hearing
from shared.migrations import migrate
from shared.room import Room
from shared.settings import Settings
from shared.wire import headers_of
from tests.notification.post import Post

SECRET = "s" * 40


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The PostgreSQL of the environment, or one of our own."""
    if url := os.environ.get("PILOTAGE_DATABASE__URL"):
        yield url
        return
    data = tmp_path_factory.mktemp("postgres") / "data"
    for folder in (data.parent, data.parent.parent, data.parent.parent.parent):
        folder.chmod(0o711)
    open_folder(data)
    postgres, supervisor = Postgres(data, free_port(set())), Supervisor(data)
    await postgres.prepare()
    supervisor.add(postgres.child())
    try:
        await supervisor.start()
        yield postgres.url
    finally:
        await supervisor.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def office(server_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """A database of its own per test."""
    monkeypatch.setenv("PILOTAGE_SMTP__SENDER", "Pilotage – réseau <pilotage@uesl.example>")
    name = f"notification_{uuid.uuid4().hex[:12]}"
    url = f"{server_url.rpartition('/')[0]}/{name}"
    await _on_server(server_url, f"CREATE DATABASE {name}")
    await migrate(url, "notification")
    settings = Settings.model_validate(
        {
            "kafka": {"bootstrap_servers": "none:1"},
            "database": {"url": url},
            "secret_key": SECRET,
            "public_url": "https://pilotage.example/",
        }
    )
    room = build(settings)
    yield Office(room, Hearing(room), settings)
    await room.database.close()
    await _on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _on_server(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def post() -> Iterator[Post]:
    """A real SMTP server that can be told to misbehave."""
    server = Post()
    yield server
    server.stop()


@pytest.fixture
def mailbox_folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"
