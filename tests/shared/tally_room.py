"""A room that counts each day it hears, and can be told to fail."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared import dead_letters
from shared.database import Database
from shared.events import DayBegan, Event, LateListed
from shared.hearing import Hearing
from shared.readings import READINGS
from shared.room import Heard, OneByOne, Room, Together
from shared.transaction import Transaction
from tests.shared.records import nth_day

TALLY = """
INSERT INTO reception_heard (day, partition, submissions) VALUES (:day, 0, 1)
ON CONFLICT (day, partition) DO UPDATE SET submissions = reception_heard.submissions + 1
"""


class Broken(RuntimeError):
    """The effect has a fault."""


@dataclass
class TallyRoom:
    """A room that counts each day it hears, and can be told to fail."""

    database: Database
    failures: dict[date, list[BaseException | str]] = field(default_factory=dict)
    tries: list[date] = field(default_factory=list)
    together: list[list[date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        batches: dict[tuple[type[Event], ...], Together] = {(LateListed,): self.add_together}
        readings: dict[type[Event], OneByOne] = {**READINGS, DayBegan: self.tally}
        self.room = Room(name="compliance", database=self.database, hears=readings, together=batches)
        self.hearing = Hearing(self.room)

    async def tally(self, work: Transaction, event: DayBegan) -> None:
        self.tries.append(event.day)
        await work.execute(TALLY, {"day": event.day})
        work.say(event)
        if waiting := self.failures.get(event.day):
            failure = waiting.pop(0)
            if isinstance(failure, str):
                await work.execute(f"DO $$ BEGIN RAISE EXCEPTION 'told to fail' USING ERRCODE = '{failure}'; END $$")
            else:
                raise failure

    async def add_together(self, _: Transaction, heard: Any) -> None:
        items: list[Heard[LateListed]] = list(heard)
        self.together.append([item.event.day for item in items])

    async def rows(self, query: str) -> list[Any]:
        async with self.database.transaction() as work:
            return list(await work.execute(query))

    async def tallied(self) -> dict[date, int]:
        return {row.day: row.submissions for row in await self.rows("SELECT * FROM reception_heard")}

    async def next_offset(self) -> int | None:
        rows = await self.rows("SELECT next_offset FROM heard")
        return int(rows[0].next_offset) if rows else None

    async def letters(self) -> list[dead_letters.DeadLetter]:
        async with self.database.transaction() as work:
            return await dead_letters.list_letters(work)

    async def said(self) -> list[str]:
        return [row.type for row in await self.rows("SELECT type FROM outbox ORDER BY position")]


def once(count: int) -> dict[date, int]:
    return {nth_day(n): 1 for n in range(count)}
