"""Reminders, from the calendar to the mail, whatever the order in which things are heard, who stops and starts again.

Compliance and notification on a real PostgreSQL; records are handed over as Kafka would: each partition in its order,
partitions among themselves in any, everything at least once. What must come out is worked out from the arrivals alone.
"""

import asyncio
import contextlib
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from services.cli.house import BUILDERS
from services.compliance.domain.ladders import USUAL
from shared.events import EVENTS, Event, ReceptionClosed
from shared.hearing import Hearing
from shared.room import Room
from shared.settings import Settings
from shared.wire import headers_of
from tests.compliance.test_deadlines import FORM, accepted, rejected, told
from tests.shared.house import House, open_house
from tests.shared.records import Raw

pytestmark = pytest.mark.infra

MOBILITE = "mobilite-trimestriel"
OWED = [("PF01", FORM), ("PF01", MOBILITE), ("PF02", MOBILITE), ("PF03", FORM), ("PF03", MOBILITE)]
FIRST, LAST, DUE = date(2005, 4, 10), date(2005, 5, 14), date(2005, 4, 30)
ROOMS = ("compliance", "notification")
_MADE = """
SELECT platform, form, reminder.day, step FROM reminder JOIN message ON message.id = reminder.message
WHERE period = '2005-T1'
"""
Line = tuple[str, str, date, int]


class Life:
    """One run: what arrives when, and hands that carry records in a drawn order, twice now and then."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.draw = house, Random(seed)
        self.carried: dict[str, int] = dict.fromkeys(ROOMS, 0)
        self.arrivals: dict[tuple[str, str], date] = {}
        self.sent: list[Event] = []
        self.stops = 0
        for n, (platform, form) in enumerate(OWED):
            if self.draw.random() < 0.7:
                day = FIRST + timedelta(days=self.draw.randrange((LAST - FIRST).days))
                self.arrivals[platform, form] = day
                self.sent.append(accepted(platform, str(day), n + 1, form=form))
            self.sent.append(rejected(platform, str(FIRST + timedelta(days=self.draw.randrange(30)))))

    def expected(self) -> set[Line]:
        """On each day of the ladder, to whom nothing had been accepted before that day began."""
        days = ((step, DUE + timedelta(days=step)) for step in USUAL.steps)
        return {
            (platform, form, day, step)
            for step, day in days
            if day <= LAST
            for platform, form in OWED
            if (platform, form) not in self.arrivals or self.arrivals[platform, form] >= day
        }

    async def live(self) -> None:
        day = FIRST
        await self.house.begin(day)
        heard_until = FIRST - timedelta(days=2)
        while day < LAST:
            day = min(LAST, day + timedelta(days=self.draw.choice((1, 2, 4, 9))))
            await self.house.begin(day)
            until = day - timedelta(days=1)
            await self._receive(heard_until, until)
            heard_until = until

    async def _receive(self, after: date, until: date) -> None:
        """What ingestion said of these days, and whatever compliance has said, reach the rooms."""
        counts = Counter(event.received_on for event in self.sent)  # type: ignore[attr-defined]
        days = [after + timedelta(days=n + 1) for n in range((until - after).days)]
        new = [told(event, self.draw.randrange(3)) for event in self.sent if event.received_on in days]  # type: ignore[attr-defined]
        closed = [told(ReceptionClosed(day=day, submissions=counts[day])) for day in days]
        submissions = new + closed
        for _ in range(2):
            for room in self.draw.sample(ROOMS, 2):
                records = submissions + (await self._said() if room == "notification" else [])
                await self._hear(room, records)

    async def _said(self) -> list[Raw]:
        query = "SELECT position, id, topic, key, type, body FROM outbox ORDER BY position"
        rows = await self.house.rows("compliance", query)
        fresh = [row for row in rows if row.position > self.carried["compliance"]]
        if self.draw.random() < 0.7:  # or else they are late, and come again
            self.carried["compliance"] = max((row.position for row in fresh), default=self.carried["compliance"])
        return [_raw(row) for row in fresh if "notification" in EVENTS[row.type].topic.readers]

    async def _hear(self, name: str, records: list[Raw]) -> None:
        """In any order between partitions; by two workers at once, cut off, or simply heard."""
        shuffled = _in_any_order(records, self.draw)
        how = self.draw.random()
        if how < 0.25:
            await self._cut_off(name, shuffled)
        if how < 0.5:
            other = BUILDERS[name](self.house.settings)
            await asyncio.gather(_work(self.house.rooms[name], shuffled), _work(other, shuffled))
            await other.database.close()
        else:
            await _work(self.house.rooms[name], shuffled)

    async def _cut_off(self, name: str, records: list[Raw]) -> None:
        """The process dies somewhere in the middle, and another takes its place."""
        room: Room = BUILDERS[name](self.house.settings)
        working = asyncio.ensure_future(_work(room, records))
        await asyncio.sleep(self.draw.random() * 0.03)
        self.stops += not working.done()
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await working
        await room.database.close()

    async def made(self) -> Counter[Line]:
        rows = await self.house.rows("notification", _MADE)
        return Counter((row.platform, row.form, row.day, row.step) for row in rows)


async def _work(room: Room, records: list[Raw]) -> None:
    hearing = Hearing(room)
    await hearing.hear(records)
    await hearing.work_days()


def _raw(row: Any) -> Raw:
    headers = headers_of(row.id, row.type, "compliance", "2005-01-01T00:00:00+00:00")
    return Raw(row.topic, 0, row.position, row.body.encode(), headers, row.key.encode())


def _in_any_order(records: list[Raw], draw: Random) -> list[Raw]:
    queues: dict[tuple[str, int], list[Raw]] = {}
    for record in records:
        queues.setdefault((record.topic, record.partition), []).append(record)
    mixed: list[Raw] = []
    while queues:
        place = draw.choice(sorted(queues))
        mixed.append(queues[place].pop(0))
        if not queues[place]:
            del queues[place]
    return mixed


async def check(life: Life) -> None:
    made, expected = await life.made(), life.expected()
    assert made.keys() - expected == set(), "false reminders"
    assert expected - made.keys() == set(), "missed reminders"
    assert set(made.values()) <= {1}, "each step once"
    mails = await life.house.rows("notification", "SELECT recipient, day FROM message WHERE kind = 'reminder'")
    first_quarter = {(platform, day) for platform, _, day, _ in expected}
    assert first_quarter <= {(row.recipient, row.day) for row in mails}
    assert len(mails) == len({(row.recipient, row.day) for row in mails}), "one mail per platform and day"
    for room in ROOMS:
        assert await life.house.rows(room, "SELECT cause FROM dead_letter") == []


@pytest.mark.parametrize("seed", range(4))
async def test_none_false_none_missed_each_step_once(settings: Settings, seed: int) -> None:
    async with open_house(settings, ROOMS) as house:
        await house.put_registry()
        life = Life(house, seed)
        await life.live()
        await check(life)


async def test_three_days_of_outage_are_caught_up_without_repeats(settings: Settings) -> None:
    """From 26 to 28 April nobody is there: on the 29th all is said that fell into these days, once."""
    async with open_house(settings, ROOMS) as house:
        await house.put_registry()
        life = Life(house, 99)
        life.arrivals = {("PF01", FORM): date(2005, 4, 26), ("PF03", FORM): date(2005, 4, 27)}
        life.sent = [accepted(platform, str(day), n + 1, form=form)
                     for n, ((platform, form), day) in enumerate(life.arrivals.items())]  # fmt: skip
        await house.begin(FIRST)
        await house.begin(date(2005, 4, 25))
        await life._receive(FIRST - timedelta(days=2), date(2005, 4, 24))
        before = sum((await life.made()).values())
        await house.begin(date(2005, 4, 29))
        await life._receive(date(2005, 4, 24), date(2005, 4, 28))
        life.carried["compliance"] = 0  # everything that was ever said comes again
        await life._receive(date(2005, 4, 24), date(2005, 4, 28))
        made = await life.made()
        of_outage = {line for line in made if line[2] == date(2005, 4, 27)}
        assert of_outage == {
            (platform, form, date(2005, 4, 27), -3) for platform, form in OWED if (platform, form) != ("PF01", FORM)
        }
        assert set(made.values()) == {1}
        assert sum(made.values()) == before + len(of_outage)
