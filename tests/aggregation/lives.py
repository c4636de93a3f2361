"""Lives of a room, each from a seed: what may befall submissions on their way, and a plain model of what must come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from services.aggregation.app import build
from services.aggregation.domain.long_table import long_table
from services.aggregation.tables.lines import last_reported_periods, long_figures
from shared.events import Event, MemberRecorded, SubmissionAccepted
from shared.hearing import Hearing
from shared.network import Member
from shared.periods import Period
from shared.room import Room
from shared.settings import Settings
from shared.wire import headers_of
from tests.aggregation.submissions import QUARTERLY, accepted
from tests.shared.records import Raw

PLATFORMS = ("PF01", "PF02", "PF03")
PERIODS = ("2005-T1", "2005-T2", "2005-T3", "2006-T1")
# Each with its région of then.
MEMBERS = {
    "CIL-1": ("75", "11"),
    "CIL-2": ("13", "93"),
    "CIL-3": ("77", "11"),
    "CIL-4": ("2A", "94"),
    "CIL-5": ("67", "42"),
}
PARTITIONS = 4
STEPS = 25
MOST_WORKERS = 3


class Key(NamedTuple):
    form: str
    period: str
    platform: str


class Crash(Exception):
    """The process dies before its transaction is committed."""


@dataclass
class Life:
    """One life: `said` in the order said; what is not yet delivered waits; a crash delivers nothing.

    workers: share the partitions as `owners` says, each with connections of its own.
    """

    settings: Settings
    draw: Random
    workers: list[Hearing] = field(default_factory=list)
    owners: list[int] = field(default_factory=lambda: [0] * PARTITIONS)
    said: list[Raw] = field(default_factory=list)
    waiting: list[Raw] = field(default_factory=list)
    delivered: list[Raw] = field(default_factory=list)
    events: dict[UUID, SubmissionAccepted] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workers.append(Hearing(build(self.settings)))

    @property
    def room(self) -> Room:
        return self.workers[0].room

    async def live(self) -> None:
        """Ends with everything delivered at least once, and some of it again."""
        steps = (
            self.submit,
            self.submit,
            self.deliver,
            self.deliver,
            self.repeat,
            self.crash,
            self.restart,
            self.join,
            self.leave,
            self.enrol,
        )
        for _ in range(STEPS):
            await self.draw.choice(steps)()
        await self.restart()
        while self.waiting:
            await self.deliver()
        await self.repeat()

    async def submit(self) -> None:
        """A first version or a correction, which may leave members out and bring others."""
        key = Key(self.draw.choice(sorted(QUARTERLY)), self.draw.choice(PERIODS), self.draw.choice(PLATFORMS))
        version = self.versions[key] = self.versions.get(key, 0) + 1
        members = self.draw.sample(sorted(MEMBERS), self.draw.randint(1, len(MEMBERS)))
        event = accepted(
            {member: [self.draw.randrange(10**6) for _ in range(3)] for member in members},
            **key._asdict(),
            version=version,
            day=Period.parse(key.period).last_day + timedelta(days=version),
            departments={member: MEMBERS[member][0] for member in members},
        )
        self.say(event, UUID(int=self.draw.getrandbits(128), version=4))

    async def enrol(self) -> None:
        """The registry moves a member, in a newer version or an older one: lines stay where they were judged to be."""
        member = Member(code=self.draw.choice(sorted(MEMBERS)), kind="CIL", name="Autre", department="59")
        self.say(MemberRecorded(version=self.draw.randint(1, 9), member=member), UUID(int=self.draw.getrandbits(128)))

    def say(self, event: Event, identity: UUID) -> None:
        headers = headers_of(identity, type(event).__name__, event.topic.writer, "2005-01-01T00:00:00+00:00")
        partition = sum(event.key.encode()) % PARTITIONS
        record = Raw(event.topic.name, partition, len(self.said), event.model_dump_json().encode(), headers)
        self.said.append(record)
        self.waiting.append(record)
        if isinstance(event, SubmissionAccepted):
            self.events[identity] = event

    async def deliver(self) -> None:
        """Some of what waits, in any order, each partition to its worker, all at once.

        Now and then a worker that has lost a partition is still at it: both hear the same.
        """
        records = self._some(self.waiting)
        heard = [(self.workers[self.owners[record.partition]], record) for record in records]
        if records and self.draw.random() < 0.3:
            lost, former = self.draw.randrange(PARTITIONS), self.draw.choice(self.workers)
            heard += [(former, record) for record in self._some(records) if record.partition == lost]
        parts = [[record for who, record in heard if who is worker] for worker in self.workers]
        at_work = zip(self.workers, parts, strict=True)
        await asyncio.gather(*(worker.hear(part) for worker, part in at_work if part))
        self._note(records)

    async def join(self) -> None:
        if len(self.workers) < MOST_WORKERS:
            self.workers.append(Hearing(build(self.settings)))
        self._share_out()

    async def leave(self) -> None:
        if len(self.workers) > 1:
            await self.workers.pop(self.draw.randrange(len(self.workers))).room.database.close()
        self._share_out()

    def _share_out(self) -> None:
        self.owners = [self.draw.randrange(len(self.workers)) for _ in range(PARTITIONS)]

    async def repeat(self) -> None:
        """Some of what was delivered before, mixed with some that was not."""
        records = self._some(self.delivered) + self._some(self.waiting)
        self.draw.shuffle(records)
        if records:
            await self.draw.choice(self.workers).hear(records)
        self._note(records)

    async def crash(self) -> None:
        """All effects are there, and nothing is committed."""
        records, hearing = self._some(self.waiting), Hearing(self.room)
        apply = hearing._note_progress

        async def dying(*args: Any) -> bool:
            await apply(*args)
            raise TimeoutError(Crash.__doc__)

        hearing._note_progress = dying  # type: ignore[method-assign, assignment]
        if records:
            try:
                await hearing._take(hearing.read(records))
            except TimeoutError:
                return
            raise AssertionError("it should have died")

    async def restart(self) -> None:
        """All of them, from nothing but the database."""
        await self.close()
        self.workers = [Hearing(build(self.settings)) for _ in self.workers]

    async def close(self) -> None:
        for worker in self.workers:
            await worker.room.database.close()

    def _some(self, records: Sequence[Raw]) -> list[Raw]:
        return self.draw.sample(records, self.draw.randint(0, len(records))) if records else []

    def _note(self, records: Sequence[Raw]) -> None:
        self.delivered += [record for record in records if record in self.waiting]
        self.waiting = [record for record in self.waiting if record not in records]


Cell = tuple[str, str, str, str, str]
Shown = dict[Cell, tuple[Any, Any]]


def expected(events: Sequence[SubmissionAccepted]) -> Shown:
    """Quarter and cumul of each measure that is not zero, counted from the newest versions by nothing but addition."""
    standing: dict[Key, SubmissionAccepted] = {}
    for event in events:
        key = Key(event.form, event.period, event.platform)
        if key not in standing or standing[key].version < event.version:
            standing[key] = event
    cells: Shown = {}
    for event in standing.values():
        for line in event.lines:
            places = (("member", line.member), ("region", MEMBERS[line.member][1]), ("platform", event.platform))
            for level, code in (*places, ("national", "FR")):
                for measure, value in line.values.items():
                    for period in PERIODS:
                        if period[:4] == event.period[:4] and period >= event.period:
                            cell = (event.form, period, level, code, measure)
                            quarter, ytd = cells.get(cell, (0, 0))
                            cells[cell] = (quarter + value * (period == event.period), ytd + value)
    return {cell: figures for cell, figures in cells.items() if any(figures)}


async def shown(room: Room) -> Shown:
    """What the long table shows, without its zeros and without quarters that nobody was asked for."""
    found: Shown = {}
    for year in (2005, 2006):
        async with room.database.transaction(one_snapshot=True) as work:
            figures = await long_figures(work, list(QUARTERLY), year)
            last = await last_reported_periods(work, list(QUARTERLY))
        for row in long_table(year, list(QUARTERLY.values()), figures, last):
            if row.period in PERIODS and (row.quarter or row.ytd):
                found[row.form, row.period, row.level, row.code, row.measure] = (row.quarter, row.ytd)
    return found


def within_reported(cells: Shown, last: dict[str, str]) -> Shown:
    """A cumul is shown up to the last quarter that anybody has reported."""
    return {cell: figures for cell, figures in cells.items() if cell[1] <= last.get(cell[0], "")}


async def faults_of_life(settings: Settings, seed: int) -> list[str]:
    """What a life from that seed leaves wrong; the room's tables are to be empty."""
    life = Life(settings, Random(seed))
    try:
        await life.live()
        events = list(life.events.values())
        last = {form: max((e.period for e in events if e.form == form), default="") for form in QUARTERLY}
        wanted, found = within_reported(expected(events), last), await shown(life.room)
        differing = sorted(cell for cell in wanted.keys() | found.keys() if wanted.get(cell) != found.get(cell))
        return [f"seed {seed}: {cell}: {found.get(cell)} for {wanted.get(cell)}" for cell in differing]
    finally:
        await life.close()
