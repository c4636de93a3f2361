"""`pilotage rebuild`: totals built again from the log beside those in use, compared, and put in their place."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.console import Console

from services.cli.house import BUILDERS
from services.cli.restitutions.beside import (
    Connection,
    Differing,
    compare,
    drop_beside,
    hold_still,
    make_beside,
    switch,
)
from shared.broker import MAX_BATCH
from shared.database import Database
from shared.hearing import Hearing
from shared.room import Room
from shared.settings import Settings
from shared.topics import TOPICS, heard_by

console = Console()
# Deciding rooms cannot be made from what they hear.
REBUILT = ("aggregation",)
_POLL_MS = 500
_TRIES = 5

Offsets = Mapping[TopicPartition, int]


class LogCutShort(RuntimeError):
    """A topic no longer begins where it began: what is built from it would lack what is gone."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many records were heard again, in what the rebuilt tables differ, and whether they are now in use."""

    records: int
    differing: list[Differing]
    is_in_use: bool


class _Log:
    """The topics that a room hears, from their beginning, without a group."""

    def __init__(self, consumer: AIOKafkaConsumer, hearing: Hearing) -> None:
        self._consumer, self._hearing = consumer, hearing
        self.records = 0

    async def hear_until(self, ends: Offsets) -> None:
        while await self._is_behind(ends):
            fetched = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=MAX_BATCH)
            records = [record for some in fetched.values() for record in some]
            if records:
                await self._hearing.hear(records)
                self.records += len(records)

    async def _is_behind(self, ends: Offsets) -> bool:
        return any([await self._consumer.position(place) < end for place, end in ends.items()])

    async def ends(self) -> Offsets:
        found: Offsets = await self._consumer.end_offsets(list(self._consumer.assignment()))
        return found


async def rebuild(settings: Settings, room: str, *, despite_differences: bool = False) -> Rebuilt:
    """Hears the whole log again into new tables; they replace those in use if no row differs, or in spite of it.

    The room goes on working meanwhile, and waits only for the last step. Raises LogCutShort.
    """
    url = settings.database.url.get_secret_value()
    owner = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        schema = await make_beside(url, room)
        try:
            async with _built_beside(settings, room, schema) as built, _log(settings, built) as log:
                await log.hear_until(await log.ends())
                differing, is_in_use = await _take_over(owner, room, settings, log, despite_differences)
                return Rebuilt(log.records, differing, is_in_use)
        finally:
            await drop_beside(owner, room)
    finally:
        await owner.close()


@asynccontextmanager
async def _built_beside(settings: Settings, room: str, schema: str) -> AsyncIterator[Room]:
    in_use = BUILDERS[room](settings)
    await in_use.database.close()
    database = Database(settings.database, room, application="pilotage-rebuild", schema=schema)
    try:
        yield replace(in_use, database=database)
    finally:
        await database.close()


@asynccontextmanager
async def _log(settings: Settings, room: Room) -> AsyncIterator[_Log]:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka.bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        names = {topic.name: topic.partitions for topic in heard_by(room.name)}
        prefix = settings.kafka.prefix
        places = [TopicPartition(prefix + name, n) for name, many in names.items() for n in range(many)]
        consumer.assign(places)
        await _begin(consumer, settings, places)
        yield _Log(consumer, Hearing(room))
    finally:
        await consumer.stop()


async def _begin(consumer: AIOKafkaConsumer, settings: Settings, places: list[TopicPartition]) -> None:
    """A compacted topic keeps the last word on each key; any other must be there from its first record."""
    for place, first in (await consumer.beginning_offsets(places)).items():
        if first and not TOPICS[place.topic.removeprefix(settings.kafka.prefix)].compacted:
            raise LogCutShort(f"{place.topic}/{place.partition}: {first}")
        consumer.seek(place, first)  # `seek_to_beginning` may lose to the reset that the assignment began


async def _take_over(
    owner: Connection, room: str, settings: Settings, log: _Log, despite_differences: bool
) -> tuple[list[Differing], bool]:
    """While the room stands still: hears what it had heard, compares, and switches; tried again where it deadlocks."""
    for attempt in range(_TRIES):
        try:
            async with owner.transaction():
                heard = await hold_still(owner, room)
                await log.hear_until({TopicPartition(*place): end for place, end in heard.items()})
                differing = await compare(owner, room)
                is_in_use = not differing or despite_differences
                if is_in_use:
                    await switch(owner, room)
                return differing, is_in_use
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError):
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


async def run_rebuild(room: str, *, despite_differences: bool) -> int:
    """0 where the rebuilt tables are in use, 1 where they differ and are not, 2 where the room cannot be rebuilt."""
    if room not in REBUILT:
        console.print(f"{room} : seule peut être reconstruite {', '.join(REBUILT)}.", markup=False)
        return 2
    try:
        rebuilt = await rebuild(Settings(), room, despite_differences=despite_differences)
    except LogCutShort as error:
        console.print(f"Le journal ne commence plus au début ({error}) : rien n’a été changé.", markup=False)
        return 2
    console.print(f"{rebuilt.records} événements entendus à nouveau, {len(rebuilt.differing)} différence(s).")
    for one in rebuilt.differing[:50]:
        console.print(f"  {one.what}, {one.side} : {one.row[:300]}", markup=False)
    console.print("Les tables reconstruites sont en service." if rebuilt.is_in_use else "Rien n’a été changé.")
    return 0 if rebuilt.is_in_use else 1
