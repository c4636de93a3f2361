"""One unit of work on a real PostgreSQL: what is changed and what is said stand or fall together."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.database import Database, NotDurable
from shared.events import DayBegan, LateListed, MessageFailed, ReceptionClosed
from shared.settings import Settings
from shared.topics import PUBLIC_TOPICS, ROOMS
from shared.transaction import Transaction
from tests.shared.records import nth_day

pytestmark = pytest.mark.infra


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database, "compliance")
    yield database
    await database.close()


async def counts(database: Database) -> dict[str, int]:
    async with database.transaction() as work:
        return {
            table: int((await work.execute(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("outbox", "inbox")
        }


async def change_and_say(work: Transaction) -> None:
    work.say(DayBegan(day=nth_day(0)))
    await work.execute("INSERT INTO inbox (event_id) VALUES (:id)", {"id": uuid4()})
    await work.flush_said()
    work.say(DayBegan(day=nth_day(1)))


async def test_what_is_changed_and_what_is_said_are_kept_together(database: Database) -> None:
    async with database.transaction() as work:
        await change_and_say(work)
    assert await counts(database) == {"outbox": 2, "inbox": 1}


async def test_what_is_taken_back_was_never_said(database: Database) -> None:
    with suppress(RuntimeError):
        async with database.transaction() as work:
            await change_and_say(work)
            raise RuntimeError("after it was said")
    assert await counts(database) == {"outbox": 0, "inbox": 0}


async def test_a_statement_that_fails_takes_back_the_whole(database: Database) -> None:
    with suppress(DBAPIError):
        async with database.transaction() as work:
            await change_and_say(work)
            await work.execute("SELECT 1 / 0")
    assert await counts(database) == {"outbox": 0, "inbox": 0}


async def test_what_is_said_is_kept_in_the_order_said(database: Database) -> None:
    events = [DayBegan(day=nth_day(n)) for n in (3, 1, 2)] + [LateListed(day=nth_day(n), late=()) for n in (5, 4)]
    async with database.transaction() as work:
        said = [work.say(event) for event in events]
    async with database.transaction() as work:
        rows: list[Any] = list(await work.execute("SELECT * FROM outbox ORDER BY position"))
    assert [row.id for row in rows] == said
    assert [(row.topic, row.key, row.type, row.body) for row in rows] == [
        (event.topic.name, event.key, type(event).__name__, event.model_dump_json()) for event in events
    ]
    assert all(row.published_at is None for row in rows)


@pytest.mark.parametrize("room", ROOMS)
async def test_only_the_topics_writer_may_say(settings: Settings, room: str) -> None:
    database = Database(settings.database, room)
    message = MessageFailed(
        message=UUID(int=1), kind="receipt", subject="s", recipient="r@x.example", version=1, reason="no such box"
    )
    events = (DayBegan(day=nth_day(0)), ReceptionClosed(day=nth_day(0), submissions=0), message)
    async with database.transaction() as work:
        for event in events:
            if event.topic.writer == room:
                work.say(event)
                continue
            with pytest.raises(PermissionError, match=room):
                work.say(event)
    written = [topic.name for topic in PUBLIC_TOPICS if topic.writer == room]
    async with database.transaction() as work:
        said = set((await work.execute("SELECT topic FROM outbox")).scalars())
    assert said == {event.topic.name for event in events if event.topic.name in written}
    await database.close()


@pytest.mark.parametrize("statement", ["SELECT 1 FROM ingestion.submission", "DELETE FROM notification.outbox"])
async def test_nobody_reads_or_writes_anothers_schema(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction() as work:
            await work.execute(statement)


@pytest.mark.parametrize("statement", ["CREATE TABLE mine (n int)", "ALTER TABLE inbox DISABLE TRIGGER ALL"])
async def test_a_room_is_not_the_owner_of_its_schema(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with database.transaction() as work:
            await work.execute(statement)


async def test_the_viewer_ends_with_the_transaction(database: Database) -> None:
    seen = []
    for viewer in ("PF01", "*", "l’autre"):
        async with database.transaction(viewer) as work:
            seen.append((await work.execute("SELECT current_setting('pilotage.viewer', true)")).scalar_one())
    async with database.engine.connect() as connection:
        left = (await connection.exec_driver_sql("SELECT current_setting('pilotage.viewer', true)")).scalar_one()
    assert seen == ["PF01", "*", "l’autre"]
    assert not left


async def test_one_snapshot_sees_one_moment(database: Database) -> None:
    count = "SELECT count(*) FROM inbox"
    async with database.transaction(one_snapshot=True) as work:
        before = (await work.execute(count)).scalar_one()
        async with database.transaction() as other:
            await change_and_say(other)
        assert (await work.execute(count)).scalar_one() == before == 0


async def test_received_values_stay_out_of_errors(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction() as work:
            await work.execute("SELECT CAST(:n AS int), CAST(:secret AS text)", {"n": 2**70, "secret": "0612345678"})
    assert "0612" not in str(caught.value)


async def test_a_server_that_may_lose_a_commit_is_refused(database: Database) -> None:
    url = database.url.replace("postgresql+asyncpg://", "postgresql://")
    place = f"DATABASE {url.rsplit('/', 1)[1]}"
    owner = await asyncpg.connect(url)
    await owner.execute(f"ALTER {place} RESET synchronous_commit")
    await database.check_durable()
    await owner.execute(f"ALTER {place} SET synchronous_commit = off")
    await owner.close()
    await database.close()  # what it knew of the server
    with pytest.raises(NotDurable, match="synchronous_commit"):
        await database.check_durable()
