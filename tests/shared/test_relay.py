"""The relay on a real Kafka: all that was said, in order per key, again after a crash, by one relay at a time."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError

from shared import relay as relaying
from shared.broker import create_topics
from shared.database import Database
from shared.events import ReceptionClosed, SubmissionRejected
from shared.relay import Relay, reliable_producer
from shared.settings import Settings
from shared.wire import decode
from tests.shared.records import nth_day

pytestmark = pytest.mark.infra

_HOLDERS = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    await create_topics(settings.kafka)
    database = Database(settings.database, "ingestion")
    yield database
    await database.close()


def relay_of(database: Database, settings: Settings) -> Relay:
    return Relay(database.room, database.url, database.server_settings, settings.kafka)


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def listening(settings: Settings, topic: str) -> AsyncIterator[Callable[[int], Coroutine[Any, Any, list[Any]]]]:
    """Yields a function that hands over the next so many records."""
    address, name = settings.kafka.bootstrap_servers, settings.kafka.prefix + topic
    consumer = AIOKafkaConsumer(name, bootstrap_servers=address, auto_offset_reset="earliest", group_id=None)

    async def take(count: int) -> list[Any]:
        found: list[Any] = []
        while len(found) < count:
            polled = await asyncio.wait_for(consumer.getmany(timeout_ms=200), 20)
            found += [record for records in polled.values() for record in records]
        return found

    async with consumer:
        yield take


def rejected(place: int, n: int) -> SubmissionRejected:
    moment = datetime(2005, 4, 5, 10, tzinfo=UTC)
    return SubmissionRejected(
        submission=UUID(int=n), platform=f"PF{place:02}", form="assistance-trimestriel", period="2005-T1",
        received_at=moment, received_on=moment.date(), door="http", file_name=f"{n}.csv", sha256="0" * 64,
        error_count=1, errors=(),
    )  # fmt: skip


async def say(database: Database, *events: Any) -> list[UUID]:
    async with database.transaction() as work:
        return [work.say(event) for event in events]


async def unpublished(database: Database) -> int:
    async with database.transaction() as work:
        return int((await work.execute("SELECT count(*) FROM outbox WHERE published_at IS NULL")).scalar_one())


async def all_published(database: Database) -> None:
    async with asyncio.timeout(20):
        while await unpublished(database):
            await asyncio.sleep(0.05)


async def test_all_that_was_said_goes_out_in_order_per_key(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "BATCH", 50)  # several batches
    said = [identity for n in range(0, 240, 40) for identity in await say(database, *(
        rejected(m % 7, m) for m in range(n, n + 40)))]  # fmt: skip
    async with running(relay_of(database, settings)), listening(settings, "submissions") as take:
        records = await take(240)
        await all_published(database)
    by_key: dict[bytes, list[int]] = defaultdict(list)
    for record in records:
        identity, event = decode(record.headers, record.value)
        assert isinstance(event, SubmissionRejected)
        assert record.key.decode() == event.key
        assert identity == said[event.submission.int]
        by_key[record.key].append(event.submission.int)
    assert sorted(by_key.values()) == [list(range(place, 240, 7)) for place in range(7)]
    assert {len({r.partition for r in records if r.key == key}) for key in by_key} == {1}


async def test_a_record_carries_its_attributes(database: Database, settings: Settings) -> None:
    [identity] = await say(database, ReceptionClosed(day=nth_day(0), submissions=3))
    async with running(relay_of(database, settings)), listening(settings, "submissions") as take:
        [record] = await take(1)
    headers = {name: value.decode() for name, value in record.headers}
    assert datetime.fromisoformat(headers.pop("ce_time")).tzinfo
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(identity),
        "ce_type": "ReceptionClosed",
        "ce_source": "/pilotage/ingestion",
        "content-type": "application/json",
    }
    assert (record.key, record.value) == (b"2005-01-01", b'{"day":"2005-01-01","submissions":3}')


async def test_commits_that_arrive_out_of_the_order_of_positions_are_not_lost(
    database: Database, settings: Settings
) -> None:
    async with running(relay_of(database, settings)), listening(settings, "submissions") as take:
        async with database.transaction() as early:
            early.say(rejected(1, 1))
            await early.flush_said()  # has the lower position, and commits last
            await say(database, rejected(2, 2))
            [first] = await take(1)
            await all_published(database)
        [second] = await take(1)
    assert [decode(r.headers, r.value)[1].model_dump()["submission"].int for r in (first, second)] == [2, 1]


async def test_what_was_sent_but_not_marked_is_sent_again_as_the_same_event(
    database: Database, settings: Settings
) -> None:
    said = await say(database, *(rejected(1, n) for n in range(3)))
    relay = relay_of(database, settings)
    async with listening(settings, "submissions") as take:
        await _send_and_die(relay, settings)
        before = [decode(record.headers, record.value) for record in await take(3)]
        async with running(relay):
            after = [decode(record.headers, record.value) for record in await take(3)]
    assert before == after
    assert [identity for identity, _ in after] == said


async def _send_and_die(relay: Relay, settings: Settings) -> None:
    connection = await asyncpg.connect(relay._dsn, server_settings=relay._server_settings)
    async with reliable_producer(settings.kafka) as producer:
        await relay._send(producer, await connection.fetch(relaying._NEXT, 10))
    await connection.close()


async def test_one_relay_at_a_time_and_the_next_when_its_connection_is_gone(
    database: Database, settings: Settings
) -> None:
    owner = await asyncpg.connect(database.url.replace("postgresql+asyncpg://", "postgresql://"))
    async with (
        running(relay_of(database, settings), relay_of(database, settings)),
        listening(settings, "submissions") as take,
    ):
        pids = set()
        for n in range(3):
            await say(database, rejected(n, n))
            [record] = await take(1)
            assert decode(record.headers, record.value)[1] == rejected(n, n)
            await all_published(database)
            [holder] = await owner.fetch(_HOLDERS)
            assert holder["pid"] not in pids
            pids.add(holder["pid"])
            await owner.execute("SELECT pg_terminate_backend($1)", holder["pid"])
    await owner.close()


async def test_brokers_that_do_not_answer_are_tried_again(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [KafkaConnectionError(), TimeoutError(), OSError()]

    def sometimes(kafka: Any) -> Any:
        if failures:
            raise failures.pop()
        return reliable_producer(kafka)

    monkeypatch.setattr(relaying, "reliable_producer", sometimes)
    await say(database, rejected(1, 1))
    async with running(relay_of(database, settings)), listening(settings, "submissions") as take:
        assert len(await take(1)) == 1
        await all_published(database)
    assert not failures


async def test_a_notification_wakes_it_at_once(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "_POLL_SECONDS", 300)
    async with running(relay_of(database, settings)), listening(settings, "submissions") as take:
        for n in range(3):
            await say(database, rejected(n, n))
            async with asyncio.timeout(15):
                await take(1)
                await all_published(database)
