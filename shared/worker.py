"""The `work` process of a room: it hears events, relays the outbox, and does the room's background work."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.broker import Listening, build_broker, stop_the_process
from shared.hearing import Hearing, is_transient
from shared.relay import Relay
from shared.room import NotReady, Room
from shared.settings import Settings

log = structlog.get_logger()

_WATCH_SECONDS = 5
_STUCK_SECONDS = 25
# Longer than the patience of the hearing with a database that is away, and than a statement may take.
_STUCK_AT_WORK_SECONDS = 90
_DAY_WORK_SECONDS = 5
_DAY_LOST_SECONDS = 0.05
_DAY_FAILED_SECONDS = 5
_DAY_LONGEST_PAUSE = 60
_LOSSES_TOLERATED = 8


async def work(room: Room, settings: Settings, stopping: asyncio.Event, *, use_inbox: bool = True) -> None:
    """Runs until told to stop; a failure of any part ends the process, so that it is started again whole."""
    await _start_patiently(room.database.check_durable)
    hearing = Hearing(room, use_inbox=use_inbox)
    listening = Listening(hearing)
    broker, subscriber = build_broker(settings.kafka, listening)
    relay = Relay(room.name, room.database.url, room.database.server_settings, settings.kafka)
    await _start_patiently(broker.start)
    parts: list[Coroutine[Any, Any, None]] = [
        relay.run(),
        watch_progress(hearing, lambda: subscriber.consumer),
        work_days_as_they_come(hearing),
        *(_as_coroutine(background) for background in room.background),
    ]
    tasks = [asyncio.create_task(part) for part in parts]
    log.info("at work", room=room.name)
    await _until_stopped_or_failed(stopping, tasks, room.name)
    await listening.finish()  # while the consumer is still there to note how far it got
    await broker.stop()
    await listening.finish()
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


async def work_days_as_they_come(hearing: Hearing) -> None:
    """Beside the hearing, which goes on whatever becomes of a day: it may bring what the day's work needs."""
    failures = 0
    while True:
        hearing.a_day_waits.clear()
        try:
            while await hearing.work_next_day():
                failures = 0
        except (NotReady, TimeoutError) as error:
            log.debug("a day is not ready", room=hearing.room.name, cause=repr(error)[:500])
        except Exception as error:
            failures += 1
            await _rest_from_days(hearing.room.name, error, failures)
            continue
        failures = 0
        # Nobody called: look anyway, a day may have been left by a process that died, or opened by a replay.
        with suppress(TimeoutError):
            await asyncio.wait_for(hearing.a_day_waits.wait(), _DAY_WORK_SECONDS)


async def _rest_from_days(room: str, error: Exception, failures: int) -> None:
    """Says that a day's work failed, and waits twice as long each time; the day stays visible in the room's status."""
    transient = is_transient(error)
    tell = log.warning if transient and failures <= _LOSSES_TOLERATED else log.critical
    first = _DAY_LOST_SECONDS if transient else _DAY_FAILED_SECONDS
    pause = min(_DAY_LONGEST_PAUSE, first * 2 ** min(failures - 1, 12))
    tell("a day's work failed", room=room, cause=repr(error)[:500], failures=failures, pause=pause)
    await asyncio.sleep(pause)


async def watch_progress(hearing: Hearing, consumer: Callable[[], AIOKafkaConsumer | None]) -> None:
    """Ends the process where records wait and the consumer does not move, or where an effect never ends.

    A consumer can hang after a broker restart without an error; a long effect is left in peace.
    """
    hearing.moved_at = time.monotonic()
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        still = time.monotonic() - hearing.moved_at
        if hearing.is_at_work:
            if still >= _STUCK_AT_WORK_SECONDS:
                _stop_stuck(hearing, "an effect does not end")
        elif still >= _STUCK_SECONDS:
            if await _has_waiting_records(consumer()) and not hearing.is_at_work:
                _stop_stuck(hearing, "records are waiting and the consumer does not move")
            hearing.moved_at = time.monotonic()


def _stop_stuck(hearing: Hearing, cause: str) -> None:
    log.critical("stopping", room=hearing.room.name, cause=cause)
    stop_the_process()


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
