"""A day is worked when everything received before it has been heard: each day once, in order, whatever the workers."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.database import Database
from shared.events import DayBegan, Event, ReceptionClosed, SubmissionAccepted, SubmissionRejected
from shared.hearing import Hearing
from shared.readings import begin_day
from shared.reception import close_reception, count_received
from shared.room import Heard, Room
from shared.settings import Settings
from shared.status import room_status
from shared.transaction import Transaction
from tests.shared.records import Raw, nth_day, record_of

pytestmark = pytest.mark.infra

Submission = SubmissionAccepted | SubmissionRejected


@dataclass
class Office:
    """A room that counts submissions and writes down, for each day it works, how many of the days before it knew."""

    database: Database
    worked: list[tuple[date, int]] = field(default_factory=list)
    failures: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = Room(
            name="qualitative",
            database=self.database,
            hears={DayBegan: begin_day, ReceptionClosed: close_reception},
            together={(SubmissionAccepted, SubmissionRejected): self.count},
            work_day=self.work_day,
        )

    @property
    def days(self) -> list[date]:
        return [day for day, _ in self.worked]

    async def count(self, work: Transaction, heard: Any) -> None:
        items: list[Heard[Submission]] = list(heard)
        await count_received(work, [(item.event, item.partition) for item in items])

    async def work_day(self, work: Transaction, day: date) -> None:
        known = "SELECT coalesce(sum(submissions), 0) FROM reception_heard WHERE day < :day"
        before = int((await work.execute(known, {"day": day})).scalar_one())
        await asyncio.sleep(0.01)
        if day in self.failures:
            self.failures.remove(day)
            raise ConnectionResetError
        self.worked.append((day, before))

    async def hear(self, *records: Raw) -> None:
        """As two loops of the `work` process do it, one after the other."""
        hearing = Hearing(self.room)
        await hearing.hear(records)
        await hearing.work_days()


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    database = Database(settings.database, "qualitative")
    yield Office(database)
    await database.close()


def received(day: date, n: int) -> SubmissionRejected:
    moment = datetime.combine(day, time(10), UTC)
    return SubmissionRejected(
        submission=UUID(int=n), platform=f"PF{n % 12:02}", form="assistance-trimestriel", period="2005-T1",
        received_at=moment, received_on=day, door="http", file_name="a.csv", sha256="0" * 64, error_count=1, errors=(),
    )  # fmt: skip


_offset = iter(range(10**9))


def told(event: Event, partition: int = 0) -> Raw:
    return record_of(event, next(_offset), partition=partition)


def begun(n: int) -> Raw:
    return told(DayBegan(day=nth_day(n)))


def closed(n: int, submissions: int) -> Raw:
    return told(ReceptionClosed(day=nth_day(n), submissions=submissions))


def sent(n: int, *, times: int = 1) -> list[Raw]:
    return [told(received(nth_day(n), m), partition=m % 12) for m in range(times)]


async def test_a_day_waits_for_the_closing_of_the_one_before(office: Office) -> None:
    await office.hear(begun(1))
    assert office.days == []
    await office.hear(closed(0, 0))
    assert office.days == [nth_day(1)]


async def test_a_closing_waits_for_what_it_counted(office: Office) -> None:
    first, second, third = sent(0, times=3)
    await office.hear(begun(1), closed(0, 3), first, second)
    assert office.days == []
    await office.hear(third)
    assert office.worked == [(nth_day(1), 3)]


async def test_what_is_heard_twice_is_counted_once(office: Office) -> None:
    first, second = sent(0, times=2)
    await office.hear(begun(1), closed(0, 2), first, first)
    await office.hear(first)
    assert office.days == []
    await office.hear(second)
    assert office.worked == [(nth_day(1), 2)]


async def test_a_day_of_which_too_much_was_heard_is_not_worked_and_shows(office: Office) -> None:
    await office.hear(begun(1), closed(0, 1), *sent(0, times=2))
    assert office.days == []
    status = await room_status(office.room)
    assert (status.miscounted, status.to_do) == (1, {"days": 1})


async def test_days_are_worked_in_order_each_under_its_own_date(office: Office) -> None:
    await office.hear(begun(1), begun(2), begun(3))
    await office.hear(closed(2, 1), *sent(2))
    await office.hear(closed(1, 2), *sent(1, times=2))
    assert office.days == [], "the day before the first is not closed"
    await office.hear(closed(0, 0))
    assert office.days == [nth_day(1), nth_day(2), nth_day(3)]
    assert office.worked[1][1] == 2
    assert office.worked[2][1] == 3


async def test_what_arrives_for_a_later_day_does_not_open_an_earlier_one(office: Office) -> None:
    await office.hear(begun(1), closed(0, 1), *sent(1, times=4))
    assert office.days == []
    await office.hear(*sent(0))
    assert office.days == [nth_day(1)]


async def test_the_first_closing_said_stands(office: Office) -> None:
    await office.hear(closed(0, 0), closed(0, 5), begun(1))
    assert office.days == [nth_day(1)]


async def test_a_day_begun_twice_is_worked_once(office: Office) -> None:
    await office.hear(begun(1), closed(0, 0), begun(1))
    await office.hear(begun(1))
    assert office.days == [nth_day(1)]


async def test_work_that_fails_is_done_again_whole(office: Office) -> None:
    office.failures = [nth_day(2)]
    with pytest.raises(ConnectionResetError):
        await office.hear(begun(1), begun(2), closed(0, 0), closed(1, 0))
    assert office.days == [nth_day(1)]
    await Hearing(office.room).work_days()
    assert office.days == [nth_day(1), nth_day(2)]


async def test_two_workers_in_parallel_work_each_day_once(office: Office) -> None:
    await Hearing(Room(**{**_fields(office.room), "work_day": None})).hear(
        [record for n in range(8) for record in (begun(n + 1), closed(n, 2), *sent(n, times=2))]
    )
    await asyncio.gather(*(Hearing(office.room).work_days() for _ in range(4)))
    assert office.worked == [(nth_day(n + 1), 2 * (n + 1)) for n in range(8)]


def _fields(room: Room) -> dict[str, Any]:
    return {name: getattr(room, name) for name in ("name", "database", "hears", "together")}


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_the_order_of_topics_no_day_is_worked_too_soon(office: Office, seed: int) -> None:
    draw = random.Random(seed)
    sizes = [draw.randrange(4) for _ in range(8)]
    calendar = [begun(n) for n in range(1, 9)]
    partitions: list[list[Raw]] = [[] for _ in range(12)]
    for n, size in enumerate(sizes):
        for record in sent(n, times=size):
            partitions[record.partition].append(record)
        partitions[n % 12].append(closed(n, size))
    streams = [stream for stream in (calendar, *partitions) if stream]
    workers = (Hearing(office.room), Hearing(office.room))
    while streams:
        chosen = draw.sample(streams, min(2, len(streams)))
        batches = [[stream.pop(0) for _ in range(draw.randrange(1, len(stream) + 1))] for stream in chosen]
        await asyncio.gather(*(worker.hear(batch) for worker, batch in zip(workers, batches, strict=False)))
        await asyncio.gather(*(worker.work_days() for worker in workers))
        streams = [stream for stream in streams if stream]
    assert office.days == [nth_day(n) for n in range(1, 9)]
    for n, (_, known) in enumerate(office.worked):
        assert known >= sum(sizes[: n + 1]), "all that was received before the day was known"


async def test_a_room_three_days_behind_works_each_under_its_own_date(office: Office) -> None:
    start = nth_day(10)
    records = [told(DayBegan(day=start + timedelta(days=n))) for n in range(4)]
    records += [told(ReceptionClosed(day=start + timedelta(days=n - 1), submissions=0)) for n in range(4)]
    await office.hear(*records)
    assert office.days == [start + timedelta(days=n) for n in range(4)]
