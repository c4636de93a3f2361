"""One worker of aggregation before a full topic: filled first, then the worker started and watched to the end."""

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
from aiokafka import AIOKafkaProducer

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


async def fold(infra: Infra, name: str, backlog: Backlog, argv: tuple[str, ...]) -> Folded:
    """In a database and under topic names of its own."""
    async with own_database(infra.database_url) as url:
        settings = settings_for(Servers(infra.bootstrap_servers, url), url, prefix=f"{name}-")
        await create_topics(settings.kafka)
        await migrate(url, "aggregation")
        await _fill(settings.kafka, backlog)
        connection = await asyncpg.connect(plain(url))
        try:
            await connection.execute("CHECKPOINT")
            return await _watched(infra, connection, backlog, argv, _environment(settings))
        finally:
            await connection.close()


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
) -> Folded:
    infra.supervisor.add(Child(WORKER, (sys.executable, *argv), env=env, stage=11, cwd=PROJECT))
    start = Moment(time.monotonic(), 0, 0.0)
    try:
        await infra.supervisor.start()
        worker = psutil.Process(infra.supervisor.pids()[WORKER])
        first = await _reached(infra, connection, worker, 1)
        last = await _reached(infra, connection, worker, len(backlog.records))
        peak = _peak_bytes(worker.pid)
    finally:
        await infra.supervisor.end(WORKER)
    if last.events == first.events:
        raise WorkerFailed("one commit took everything: there is no rate to be measured")
    faults = await differences(connection, backlog.records)
    if last.events != backlog.distinct:
        faults.append(f"{backlog.distinct} events were sent and {last.events} heard")
    return Folded(start, first, last, peak, faults)


async def _reached(
    infra: Infra, connection: "asyncpg.Connection[asyncpg.Record]", worker: psutil.Process, records: int
) -> Moment:
    """The moment at which so many records were seen to be committed."""
    while (events := await connection.fetchval(_HEARD, records)) is None:
        if any(status.name == WORKER and status.restarts for status in infra.supervisor.status()):
            raise WorkerFailed((infra.supervisor.logs / f"{WORKER}.log").read_text()[-1000:])
        await asyncio.sleep(_LOOK_SECONDS)
    at, used = time.monotonic(), worker.cpu_times()
    return Moment(at, events, used.user + used.system)


def _peak_bytes(pid: int) -> int:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
