"""The one adapter between records and rooms: decode, one transaction with inbox row, effect and outbox rows.

Correctness is the inbox row in PostgreSQL, never the offset. What can never succeed goes to the dead letters and the
line moves on; what cannot succeed now is tried again for a while, then the process stops and says so. What a new day
brings is not done here but beside it (`shared.worker`): it may need what is still to be heard.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from shared import dead_letters
from shared.reception import mark_worked, next_day_to_work
from shared.room import Heard, Room
from shared.transaction import Transaction
from shared.wire import Headers, Malformed, Readers, decode

log = structlog.get_logger()

TRANSIENT_STATES = ("40001", "40P01", "57P01", "57P02", "57P03", "53", "08", "25006", "25P03", "57014", "55P03")
MAX_DEAD_IN_A_ROW = 100
_PATIENCE = (0.05, 0.2, 0.5, 1, 2, 4, 8, 15)

_INBOX = """
INSERT INTO inbox (event_id) SELECT CAST(unnest(string_to_array(:ids, ',')) AS uuid)
ON CONFLICT DO NOTHING RETURNING event_id
"""
_PROGRESS = """
WITH noted AS (
    INSERT INTO heard (topic, partition, next_offset)
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = greatest(heard.next_offset, excluded.next_offset)
)
SELECT EXISTS (SELECT FROM day_begun WHERE worked_at IS NULL) AS a_day_waits
"""


class Record(Protocol):
    """A Kafka record as aiokafka hands it over."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class StopTheLine(RuntimeError):
    """Something outside the records is wrong: hearing on would lose or bury what is good."""


class _Decoded(NamedTuple):
    record: Record
    identity: UUID
    event: Any


_Dead = tuple[Record, Exception]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records as read: what could be, and what never can be, with the reason."""

    records: Sequence[Record]
    decoded: Sequence[_Decoded]
    unreadable: Sequence[_Dead]


def _read(records: Sequence[Record], readers: Readers) -> Batch:
    decoded: list[_Decoded] = []
    unreadable: list[_Dead] = []
    for record in records:
        try:
            decoded.append(_Decoded(record, *decode(record.headers, record.value, readers)))
        except Malformed as error:
            unreadable.append((record, error))
    return Batch(records, decoded, unreadable)


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may succeed: the server is away, restarting, or a lock was lost."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or not state or state.startswith(TRANSIENT_STATES)
    return isinstance(error, NoFreeConnection | TimeoutError | OSError)


class Hearing:
    """Applies records to a room, each exactly once.

    a_day_waits: set when a day has begun whose work is not done; who does it clears it.
    is_at_work, moved_at: whether records are in hand, and when something was last taken in hand or committed.
    """

    def __init__(self, room: Room, *, use_inbox: bool = True) -> None:
        self.room = room
        self.use_inbox = use_inbox  # False only in the broken build that the kill test must convict
        self._dead_in_a_row = 0
        self.a_day_waits = asyncio.Event()
        self.is_at_work = False
        self.moved_at = time.monotonic()

    def read(self, records: Sequence[Record]) -> Batch:
        """Touches nothing but the records: a thread may read some while others are being heard."""
        return _read(records, self.room.readers)

    async def hear(self, records: Sequence[Record]) -> None:
        await self.hear_batch(self.read(records))

    async def hear_batch(self, batch: Batch) -> None:
        """Returns when all effects are committed; raises StopTheLine where they cannot be."""
        self.is_at_work, self.moved_at = True, time.monotonic()
        try:
            await self._with_patience(lambda: self._take(batch))
        finally:
            self.is_at_work, self.moved_at = False, time.monotonic()

    async def work_days(self) -> None:
        """Does the work of every day that is ready, in order; raises whatever keeps one from being worked."""
        while await self.work_next_day():
            pass

    async def work_next_day(self) -> bool:
        """Whether there was a day that is ready; one worker at a time, each day in a transaction of its own."""
        if self.room.work_day is None:
            return False
        async with self.room.database.transaction() as work:
            day = await next_day_to_work(work)
            if day is not None:
                await self.room.work_day(work, day)
                await mark_worked(work, day)
        return day is not None

    async def _with_patience(self, attempt: Any) -> Any:
        for pause in (*_PATIENCE, None):
            try:
                return await attempt()
            except Exception as error:
                if not is_transient(error):
                    raise
                if pause is None:
                    raise StopTheLine(f"{self.room.name}: still failing: {error}") from error
                log.warning("waiting", room=self.room.name, cause=type(error).__name__, pause=pause)
                await asyncio.sleep(pause)
        raise AssertionError

    async def _take(self, batch: Batch) -> None:
        """All at once; where a handler fails, one by one, so that only the record at fault is set aside."""
        records, unreadable = batch.records, batch.unreadable
        try:
            await self._apply(records, batch.decoded, unreadable)
        except Exception as error:
            if is_transient(error):
                raise
            if len(records) == 1:
                await self._apply(records, [], [(records[0], error)])
            else:
                await self._take_one_by_one(records, error)
                return
            unreadable = [(records[0], error)]
        self._count_dead(len(unreadable), any_alive=len(unreadable) < len(records))

    async def _take_one_by_one(self, records: Sequence[Record], error: Exception) -> None:
        log.warning("batch taken one by one", room=self.room.name, records=len(records), cause=type(error).__name__)
        for record in records:
            alone = self.read([record])
            await self._with_patience(lambda alone=alone: self._take(alone))

    async def _apply(self, records: Sequence[Record], decoded: Sequence[_Decoded], dead: Sequence[_Dead]) -> None:
        async with self.room.database.transaction() as work:
            await self.apply_new(work, await self._new(work, decoded))
            for record, error in dead:
                await dead_letters.bury(work, record, error)
            a_day_waits = await self._note_progress(work, records)
        self.moved_at = time.monotonic()
        if a_day_waits:
            self.a_day_waits.set()
        for record, error in dead:
            place = f"{record.topic}/{record.partition}@{record.offset}"
            log.error("dead letter", room=self.room.name, place=place, cause=type(error).__name__)

    def _count_dead(self, dead: int, *, any_alive: bool) -> None:
        # A version that can hear nothing must not bury a whole topic. One good record in a batch, wherever it stood,
        # shows that this version hears: then the fault is in the records, and they may be buried however many.
        self._dead_in_a_row = 0 if any_alive else self._dead_in_a_row + dead
        if self._dead_in_a_row >= MAX_DEAD_IN_A_ROW:
            raise StopTheLine(f"{self.room.name}: {self._dead_in_a_row} dead letters in a row")

    async def _new(self, work: Transaction, decoded: Sequence[_Decoded]) -> list[_Decoded]:
        relevant = [item for item in decoded if self.room.understands(type(item.event))]
        if not self.use_inbox:
            return relevant
        first: dict[UUID, _Decoded] = {}
        for item in relevant:
            first.setdefault(item.identity, item)
        if not first:
            return []
        # In one order, so that two who hear the same do not wait for each other; as a text: the driver takes its time
        # over each element of an array.
        ids = ",".join(sorted([identity.hex for identity in first]))
        new = set((await work.execute(_INBOX, {"ids": ids})).scalars())
        return [item for identity, item in first.items() if identity in new]

    async def apply_new(self, work: Transaction, items: Sequence[_Decoded]) -> None:
        for kinds, add in self.room.together.items():
            heard = [Heard(item.event, item.record.partition) for item in items if isinstance(item.event, kinds)]
            if heard:
                await add(work, heard)
        for item in items:
            if effect := self.room.hears.get(type(item.event)):
                await effect(work, item.event)

    async def _note_progress(self, work: Transaction, records: Sequence[Record]) -> bool:
        """Whether a day has begun whose work is not done yet."""
        reached: dict[tuple[str, int], int] = {}
        for record in records:
            place = (record.topic, record.partition)
            reached[place] = max(reached.get(place, 0), record.offset + 1)
        places = sorted(reached)
        parameters = {
            "topics": [topic for topic, _ in places],
            "partitions": [partition for _, partition in places],
            "offsets": [reached[place] for place in places],
        }
        return bool((await work.execute(_PROGRESS, parameters)).scalar_one())


async def replay(room: Room, letter: dead_letters.DeadLetter) -> None:
    """Hears a dead letter again, in one transaction with its being marked; raises what made it fail.

    A day that waited for it is worked by the room's `work` process.
    """
    identity, event = decode(letter.headers, letter.value, room.readers)
    hearing = Hearing(room)
    async with room.database.transaction() as work:
        await hearing.apply_new(work, await hearing._new(work, [_Decoded(letter, identity, event)]))
        await dead_letters.mark_replayed(work, letter.id)


__all__ = ["Batch", "Hearing", "Malformed", "Record", "StopTheLine", "is_transient", "replay"]
