"""The `work` process of a room: it hears events, relays the outbox, and does the room's background work."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.broker import build_broker, stop_the_process
from shared.hearing import Hearing, is_transient
from shared.relay import Relay
from shared.room import Room
from shared.settings import Settings

log = structlog.get_logger()

_WATCH_SECONDS = 5
_STUCK_SECONDS = 25
_DAY_WORK_SECONDS = 5


async def work(room: Room, settings: Settings, *, use_inbox: bool = True) -> None:
    """Runs until SIGTERM or SIGINT; a failure of any part ends the process, so that it is started again whole."""
    await _start_patiently(room.database.check_durable)
    hearing = _Watched(room, use_inbox=use_inbox)
    broker, subscriber = build_broker(settings.kafka, hearing)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    relay = Relay(room.name, room.database.url, room.database.server_settings, settings.kafka)
    await _start_patiently(broker.start)
    parts: list[Coroutine[Any, Any, None]] = [
        relay.run(),
        watch_progress(hearing, lambda: subscriber.consumer),
        _catch_up_days(hearing),
        *(_as_coroutine(background) for background in room.background),
    ]
    tasks = [asyncio.create_task(part) for part in parts]
    log.info("at work", room=room.name)
    await _until_stopped_or_failed(stopping, tasks, room.name)
    await broker.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await room.database.close()


async def _as_coroutine(background: Callable[[], Awaitable[None]]) -> None:
    await background()


async def _start_patiently(start: Callable[[], Awaitable[None]], patience: float = 60) -> None:
    """Kafka and PostgreSQL may be starting too; gives up after `patience` seconds."""
    give_up = time.monotonic() + patience
    while True:
        try:
            return await start()
        except Exception as error:
            if time.monotonic() > give_up or not (isinstance(error, KafkaError) or is_transient(error)):
                raise
            log.warning("waiting for the servers", cause=repr(error)[:200])
            await asyncio.sleep(0.5)


async def _until_stopped_or_failed(stopping: asyncio.Event, tasks: list["asyncio.Task[None]"], room: str) -> None:
    waiter = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([waiter, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in done - {waiter}:
        log.critical("stopping", room=room, cause=repr(task.exception())[:500])
        stop_the_process()


class _Watched(Hearing):
    """A hearing that remembers when it last moved."""

    moved_at = 0.0

    async def hear(self, records: Any) -> None:
        self.moved_at = time.monotonic()
        await super().hear(records)
        self.moved_at = time.monotonic()


async def _catch_up_days(hearing: Hearing) -> None:
    """Days left unworked by a process that died between a batch and its day's work."""
    while True:
        await hearing.work_days()
        await asyncio.sleep(_DAY_WORK_SECONDS)


async def watch_progress(hearing: _Watched, consumer: Callable[[], AIOKafkaConsumer | None]) -> None:
    """A consumer can hang after a broker restart without an error: with records waiting and no move, start again."""
    hearing.moved_at = time.monotonic()
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        if time.monotonic() - hearing.moved_at < _STUCK_SECONDS:
            continue
        if await _has_waiting_records(consumer()):
            log.critical("stopping", room=hearing.room.name, cause="records are waiting and the consumer does not move")
            stop_the_process()
        hearing.moved_at = time.monotonic()


async def _has_waiting_records(consumer: AIOKafkaConsumer | None) -> bool:
    """True too where the consumer cannot say: a consumer without brokers for that long is better started again."""
    if consumer is None:
        return True
    try:
        held: set[TopicPartition] = consumer.assignment()
        ends = await asyncio.wait_for(consumer.end_offsets(list(held)), 10) if held else {}
        for place in held:
            if ends[place] > await asyncio.wait_for(consumer.position(place), 10):
                return True
        return False
    except (KafkaError, TimeoutError):
        return True
