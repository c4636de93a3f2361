"""Nobody else says what day it is: each day once, in order, none left out, as it begins in Paris."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.compliance.handlers import calendar as keeping
from services.compliance.tables.calendar import MOST_DAYS, DayHasPassed, DayTooFar, say_days_until
from shared.events import DayBegan
from shared.settings import Settings
from tests.shared.house import House, open_house

pytestmark = pytest.mark.infra

ADDRESS = "/api/v1/calendar"


async def said_days(house: House) -> list[str]:
    return [str(event.day) for event in await house.said("compliance", "DayBegan") if isinstance(event, DayBegan)]


async def begin(house: House, day: Any) -> httpx.Response:
    return await house.http.post(ADDRESS, json={"day": day}, headers=house.admin)


async def test_days_are_said_in_order_and_a_gap_is_caught_up(house: House) -> None:
    assert (await begin(house, "2004-02-27")).status_code == 200
    assert (await begin(house, "2004-03-01")).json() == {"day": "2004-03-01"}
    assert await said_days(house) == ["2004-02-27", "2004-02-28", "2004-02-29", "2004-03-01"]
    answer = await house.http.get(ADDRESS, headers=house.admin)
    assert answer.json() == {"day": "2004-03-01", "simulation": True}


async def test_the_same_day_again_says_nothing(house: House) -> None:
    for _ in range(3):
        assert (await begin(house, "2005-01-01")).status_code == 200
    assert await said_days(house) == ["2005-01-01"]


async def test_the_calendar_does_not_go_back(house: House) -> None:
    await begin(house, "2005-01-02")
    answer = await begin(house, "2005-01-01")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pilotage:day_has_passed")
    assert await said_days(house) == ["2005-01-02"]


async def test_a_day_too_far_is_refused(house: House) -> None:
    for day in ("9999-12-31", "0001-01-01", "2999-01-01"):
        assert (await begin(house, day)).status_code == 422, day
    await begin(house, "2005-01-01")
    far = date(2005, 1, 2) + timedelta(days=MOST_DAYS + 1)
    assert (await begin(house, str(far))).json()["type"] == "urn:pilotage:day_too_far"
    assert await said_days(house) == ["2005-01-01"]
    with pytest.raises(DayTooFar):
        async with house.rooms["compliance"].database.transaction() as work:
            await say_days_until(work, far)


async def test_what_is_no_day_is_refused(house: House) -> None:
    days: list[Any] = [None, "", "2005-02-30", "hier", [], "2005-01-01T10:00:00Z"]
    for day in days:
        assert (await begin(house, day)).status_code == 422, day
    assert await said_days(house) == []


async def test_parallel_wishes_say_each_day_once(house: House) -> None:
    await begin(house, "2005-01-01")
    days = [f"2005-01-{n:02}" for n in range(2, 12)]
    answers = await asyncio.gather(*(begin(house, day) for day in reversed(days)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert await said_days(house) == ["2005-01-01", *days]


async def test_it_is_the_admins(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01")
    assert (await house.http.post(ADDRESS, json={"day": "2005-01-01"}, headers=house.of("PF01"))).status_code == 403
    assert (await house.http.post(ADDRESS, json={"day": "2005-01-01"})).status_code == 401


async def test_outside_a_simulation_nobody_drives_it(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"simulation": False})) as house:
        assert (await begin(house, "2005-01-01")).status_code == 404
        assert await said_days(house) == []
        answer = await house.http.get(ADDRESS, headers=house.admin)
        assert answer.json() == {"day": None, "simulation": False}


class Clock:
    """Set by the test; tells each time it was read."""

    def __init__(self, moment: str) -> None:
        self.reads = 0
        self.set(moment)

    def set(self, moment: str) -> None:
        self.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        self.reads += 1
        return self.moment

    async def read_again(self) -> None:
        async with asyncio.timeout(20):
            before = self.reads
            while self.reads < before + 2:
                await asyncio.sleep(0.005)


Keeping = Callable[[str], Any]


@asynccontextmanager
async def kept(house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.01)
    task = asyncio.create_task(keeping.keep_calendar(house.rooms["compliance"].database, clock))
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Moments of universal time, one after another, and the days said by then in Paris.
NIGHTS = {
    "winter": [("2005-01-14T22:59:59", ["2005-01-14"]), ("2005-01-14T23:00:00", ["2005-01-14", "2005-01-15"])],
    "summer": [("2005-07-14T21:59:59", ["2005-07-14"]), ("2005-07-14T22:00:00", ["2005-07-14", "2005-07-15"])],
    "clocks go forward": [
        ("2005-03-26T22:59:59", ["2005-03-26"]),
        ("2005-03-26T23:00:00", ["2005-03-26", "2005-03-27"]),
        ("2005-03-27T01:00:00", ["2005-03-26", "2005-03-27"]),
        ("2005-03-27T22:00:00", ["2005-03-26", "2005-03-27", "2005-03-28"]),
    ],
    "clocks go back": [
        ("2005-10-29T22:00:00", ["2005-10-30"]),
        ("2005-10-30T00:30:00", ["2005-10-30"]),
        ("2005-10-30T01:30:00", ["2005-10-30"]),
        ("2005-10-30T22:59:59", ["2005-10-30"]),
        ("2005-10-30T23:00:00", ["2005-10-30", "2005-10-31"]),
    ],
    "four days away": [
        ("2008-02-27T12:00:00", ["2008-02-27"]),
        ("2008-03-01T12:00:00", ["2008-02-27", "2008-02-28", "2008-02-29", "2008-03-01"]),
    ],
    "a clock set back over midnight": [
        ("2005-01-14T23:00:01", ["2005-01-15"]),
        ("2005-01-14T22:59:58", ["2005-01-15"]),
        ("2005-01-15T23:00:00", ["2005-01-15", "2005-01-16"]),
    ],
}


@pytest.mark.parametrize("night", NIGHTS)
async def test_days_begin_at_midnight_in_paris(house: House, night: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NIGHTS[night][0][0])
    async with kept(house, clock, monkeypatch):
        for moment, expected in NIGHTS[night]:
            clock.set(moment)
            await clock.read_again()
            assert await said_days(house) == expected, moment


async def test_two_keepers_say_each_day_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock("2005-01-01T12:00:00")
    async with kept(house, clock, monkeypatch), kept(house, clock, monkeypatch):
        for day in range(1, 6):
            clock.set(f"2005-01-{day:02}T12:00:00")
            await clock.read_again()
            await clock.read_again()
    assert await said_days(house) == [f"2005-01-{day:02}" for day in range(1, 6)]


async def test_a_keeper_is_at_work_in_production_only(settings: Settings) -> None:
    async with open_house(settings) as simulated:
        assert simulated.rooms["compliance"].background == ()
    async with open_house(settings.model_copy(update={"simulation": False})) as real:
        assert len(real.rooms["compliance"].background) == 1


async def test_a_day_that_has_passed_is_refused_whatever_the_way(house: House) -> None:
    await house.begin(date(2005, 1, 5))
    with pytest.raises(DayHasPassed):
        await house.begin(date(2005, 1, 4))
