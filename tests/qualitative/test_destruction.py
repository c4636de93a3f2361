"""Cases go by 31 December of the year after theirs, and a record says so."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.qualitative.app import build
from services.qualitative.domain import last_case_year_over
from shared.events import CasesReported, DayBegan, Event
from shared.room import Room
from shared.settings import Settings

pytestmark = pytest.mark.infra


def parts(submission: UUID, period: str, version: int = 1) -> list[CasesReported]:
    about: dict[str, Any] = {
        "submission": submission,
        "platform": "PF01",
        "form": "dossiers-mobilite",
        "period": period,
    }
    rows = (("CIL01", 3), ("CIL01", 4))
    first = CasesReported(**about, version=version, part=1, rows=rows)
    return [first, CasesReported(**about, version=version, part=2, cases=2)]


async def hear(room: Room, *events: Event) -> None:
    for event in events:
        async with room.database.transaction() as work:
            await room.hears[type(event)](work, event)


async def periods_kept(room: Room) -> set[str]:
    async with room.database.transaction() as work:
        return set((await work.execute("SELECT period FROM case_part")).scalars())


async def test_two_years_of_days_destroy_each_years_cases_on_their_day(settings: Settings) -> None:
    room, ids = build(settings), {year: uuid4() for year in ("2004", "2005", "2006")}
    await hear(room, *(part for year, submission in ids.items() for part in parts(submission, year)))
    day = date(2005, 12, 1)
    while day < date(2007, 12, 31):
        day += timedelta(days=1)
        await hear(room, DayBegan(day=day))
        assert await periods_kept(room) == {year for year in ids if day < date(int(year) + 1, 12, 31)}, day
    async with room.database.transaction() as work:
        told = list(await work.execute("SELECT day, submission, period, parts, cases FROM destruction ORDER BY day"))
        standing = (await work.execute("SELECT sum(cases) FROM standing_cases")).scalar_one()
    assert [(one.day, one.submission, one.period, one.parts, one.cases) for one in told] == [
        (date(int(year) + 1, 12, 31), submission, year, 2, 2) for year, submission in ids.items()
    ]
    assert standing == 6
    await room.database.close()


async def test_what_is_heard_too_late_goes_the_next_day(settings: Settings) -> None:
    room = build(settings)
    await hear(room, DayBegan(day=date(2006, 12, 31)), *parts(uuid4(), "2005"))
    assert await periods_kept(room) == {"2005"}
    await hear(room, DayBegan(day=date(2007, 1, 1)))
    assert await periods_kept(room) == set()
    await room.database.close()


def test_the_rule_is_that_of_ingestion() -> None:
    from services.ingestion.domain import keeping

    day = date(2005, 1, 1)
    for n in range(1000):
        assert last_case_year_over(day + timedelta(days=n)) == keeping.last_case_year_over(day + timedelta(days=n))
