"""Workers of aggregation before a full topic: filled first, then they are started and watched to the end."""

import asyncio
import os
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.embedded.infra import Infra
from deploy.embedded.supervisor import Child
from services.cli.machine import PROJECT
from shared.broker import create_topics
from shared.migrations import migrate
from shared.relay import BATCH, reliable_producer
from shared.settings import KafkaSettings, Settings
from shared.topics import SUBMISSIONS
from shared.wire import headers_of
from tests.bench.backlog import Backlog, Planned, event_of
from tests.bench.network import plain
from tests.bench.reference import differences
from tests.infrastructure import Servers, own_database, settings_for

WORKER = "work-aggregation"
BATCHES = ("-m", "services.cli.main", "work", "aggregation")
ONE_BY_ONE = ("-m", "tests.bench.one_by_one")
_LOOK_SECONDS = 0.01
# Both of one moment; the events are counted only once it is the one that was waited for.
_HEARD = """
SELECT CASE WHEN coalesce(sum(next_offset), 0) >= $1 THEN (SELECT count(*) FROM aggregation.inbox) END
FROM aggregation.heard
"""


class WorkerFailed(RuntimeError):
    """It ended by itself, or did not hear everything in time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the worker was, and what it had used of the processor."""

    at: float
    events: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Folded:
    """The worker's life: its start, its first commit, its last."""

    start: Moment
    first: Moment
    last: Moment
    peak_bytes: int
    faults: list[str]


async def fill(infra: Infra, name: str, backlog: Backlog) -> str:
    """A topic of that name with the backlog in it, for whoever is measured; its full name."""
    settings = settings_for(Servers(infra.bootstrap_servers, infra.database_url), infra.database_url, prefix=f"{name}-")
    await create_topics(settings.kafka)
    await _fill(settings.kafka, backlog)
    return settings.kafka.prefix + SUBMISSIONS.name


async def fold(infra: Infra, name: str, backlog: Backlog, argv: tuple[str, ...], workers: int = 1) -> Folded:
    """By so many workers, from the first record of a topic filled before, into a database of its own."""
    async with own_database(infra.database_url) as url:
        settings = settings_for(Servers(infra.bootstrap_servers, url), url, prefix=f"{name}-")
        await _rewind(settings.kafka)
        await migrate(url, "aggregation")
        connection = await asyncpg.connect(plain(url))
        try:
            await connection.execute("CHECKPOINT")
            return await _watched(infra, connection, backlog, argv, _environment(settings), workers)
        finally:
            await connection.close()


async def _rewind(kafka: KafkaSettings) -> None:
    """The group begins again at the first record; waits until its last worker is forgotten."""
    group = kafka.prefix + "aggregation"
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=group, enable_auto_commit=False
    ) as consumer:
        places = [TopicPartition(kafka.prefix + SUBMISSIONS.name, number) for number in range(SUBMISSIONS.partitions)]
        consumer.assign(places)
        async with asyncio.timeout(60):
            while True:
                try:
                    await consumer.commit(dict.fromkeys(places, 0))
                    return
                except KafkaError:
                    await asyncio.sleep(0.5)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ},
        "PYTHONPATH": str(PROJECT),
        "PILOTAGE_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "PILOTAGE_KAFKA__PREFIX": settings.kafka.prefix,
        "PILOTAGE_DATABASE__URL": settings.database.url.get_secret_value(),
        "PILOTAGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PILOTAGE_PUBLIC_URL": settings.base_url,
        "PILOTAGE_SIMULATION": "true",
    }


async def _fill(kafka: KafkaSettings, backlog: Backlog) -> None:
    """As the relay sends."""
    async with reliable_producer(kafka) as producer:
        for begin in range(0, len(backlog.records), BATCH):
            records = backlog.records[begin : begin + BATCH]
            await asyncio.gather(*[await _send(producer, kafka.prefix + SUBMISSIONS.name, one) for one in records])


async def _send(producer: AIOKafkaProducer, topic: str, planned: Planned) -> "asyncio.Future[object]":
    event = event_of(planned)
    headers = headers_of(planned.identity, type(event).__name__, "ingestion", datetime.now(UTC).isoformat())
    sent: asyncio.Future[object] = await producer.send(
        topic, event.model_dump_json().encode(), key=event.key.encode(), headers=headers
    )
    return sent


async def _watched(
    infra: Infra,
    connection: "asyncpg.Connection[asyncpg.Record]",
    backlog: Backlog,
    argv: tuple[str, ...],
    env: dict[str, str],
    workers: int,
) -> Folded:
    names = [WORKER if number == 0 else f"{WORKER}-{number + 1}" for number in range(workers)]
    for name in names:
        infra.supervisor.add(Child(name, (sys.executable, *argv), env=env, stage=11, cwd=PROJECT))
    start = Moment(time.monotonic(), 0, 0.0)
    try:
        await infra.supervisor.start()
        pids = infra.supervisor.pids()
        processes = [psutil.Process(pids[name]) for name in names]
        first = await _reached(infra, connection, processes, 1)
        last = await _reached(infra, connection, processes, len(backlog.records))
        peak = max(peak_bytes(process.pid) for process in processes)
    finally:
        for name in names:
            await infra.supervisor.end(name)
    if last.events == first.events:
        raise WorkerFailed("one commit took everything: there is no rate to be measured")
    faults = await differences(connection, backlog.records)
    if last.events != backlog.distinct:
        faults.append(f"{backlog.distinct} events were sent and {last.events} heard")
    return Folded(start, first, last, peak, faults)


async def _reached(
    infra: Infra,
    connection: "asyncpg.Connection[asyncpg.Record]",
    workers: list[psutil.Process],
    records: int,
) -> Moment:
    """The moment at which so many records were seen to be committed."""
    while (events := await connection.fetchval(_HEARD, records)) is None:
        for status in infra.supervisor.status():
            if status.name.startswith(WORKER) and status.restarts:
                raise WorkerFailed((infra.supervisor.logs / f"{status.name}.log").read_text()[-1000:])
        await asyncio.sleep(_LOOK_SECONDS)
    return Moment(time.monotonic(), events, sum(cpu_seconds(worker) for worker in workers))


def cpu_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def peak_bytes(pid: int) -> int:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
