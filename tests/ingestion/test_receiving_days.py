"""On which day a file is received: never on a day already closed, and counted with its day whatever runs beside it."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx import Response

from services.ingestion.tables.reception import close_days_before
from services.ingestion.web.pressure import AT_ONCE_PER_PLATFORM
from shared.clock import paris_day
from shared.events import DayBegan, ReceptionClosed
from tests.ingestion.sendings import accepted, assistance, send, wrong
from tests.shared.house import House

pytestmark = pytest.mark.infra

FIFTH = date(2005, 4, 5)


def by_the_clock(house: House, moment: str) -> None:
    """From now on it is that moment (universal time), in production."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    house.app.state.settings = house.settings.model_copy(update={"simulation": False})
    house.app.state.clock = lambda: now


async def close_before(house: House, day: date) -> None:
    hears: Any = house.rooms["ingestion"].hears[DayBegan]
    async with house.rooms["ingestion"].database.transaction() as work:
        await hears(work, DayBegan(day=day))


async def closed_days(house: House) -> dict[date, int]:
    events = await house.said("ingestion", "ReceptionClosed")
    return {event.day: event.submissions for event in events if isinstance(event, ReceptionClosed)}


async def test_in_a_simulation_a_file_is_received_at_noon_of_the_day(house: House) -> None:
    body = await accepted(house, assistance())
    assert (body["received_on"], body["received_at"]) == ("2005-04-05", "2005-04-05T10:00:00Z")


_MOMENTS = {
    "2005-04-05T21:59:59": "2005-04-05",
    "2005-04-05T22:00:00": "2005-04-06",
    "2005-10-29T22:00:00": "2005-10-30",
    "2005-10-30T22:59:59.999999": "2005-10-30",
    "2005-10-30T23:00:00": "2005-10-31",
    "2006-03-25T23:00:00": "2006-03-26",
    "2006-03-26T21:59:59": "2006-03-26",
    "2006-03-26T22:00:00": "2006-03-27",
}


async def test_the_day_changes_at_midnight_in_paris(house: House) -> None:
    for n, (moment, day) in enumerate(_MOMENTS.items()):
        by_the_clock(house, moment)
        assert (await accepted(house, assistance(n)))["received_on"] == day


async def test_what_comes_in_on_a_closed_day_goes_to_the_next(house: House) -> None:
    by_the_clock(house, "2005-04-05T12:00:00")
    await accepted(house, assistance(1))
    await close_before(house, date(2005, 4, 6))
    body = await accepted(house, assistance(2))
    assert (body["received_on"], body["received_at"]) == ("2005-04-06", "2005-04-05T22:00:00Z")
    await close_before(house, date(2005, 4, 9))
    body = await accepted(house, assistance(3))
    assert (body["received_on"], body["received_at"]) == ("2005-04-09", "2005-04-08T22:00:00Z")
    assert await closed_days(house) == {
        date(2005, 4, 4): 0, FIFTH: 1, date(2005, 4, 6): 1, date(2005, 4, 7): 0, date(2005, 4, 8): 0,
    }  # fmt: skip


async def test_a_day_is_closed_once(house: House) -> None:
    for day in (6, 6, 5, 7, 6):
        await close_before(house, date(2005, 4, day))
    assert await closed_days(house) == {date(2005, 4, n): 0 for n in (4, 5, 6)}
    assert len(await house.said("ingestion", "ReceptionClosed")) == 3


async def test_the_closing_waits_for_a_file_being_received(house: House) -> None:
    """A file that took its time of reception counts with its day, though it commits after the closing was asked."""
    by_the_clock(house, "2005-04-05T12:00:00")
    database = house.rooms["ingestion"].database
    async with database.transaction() as work:
        await work.execute("SELECT pg_advisory_xact_lock_shared(hashtext('ingestion-reception'))")
        closing = asyncio.create_task(close_before(house, date(2005, 4, 6)))
        await asyncio.sleep(0.2)
        assert not closing.done()
        sending = asyncio.create_task(send(house, assistance()))
        await asyncio.sleep(0.1)
    await closing
    day = (await sending).json()["received_on"]
    assert await closed_days(house) == {date(2005, 4, 4): 0, FIFTH: int(day == "2005-04-05")}
    assert day in ("2005-04-05", "2005-04-06")


async def test_files_and_closings_that_run_together_agree(house: House) -> None:
    """Whatever the moment at which a day closes, what it said is what was received on it, and no day receives after."""
    house.app.state.settings = house.settings.model_copy(update={"simulation": False})
    start, n = datetime(2005, 4, 5, 21, 59, tzinfo=UTC), iter(range(10**6))

    def clock() -> datetime:
        return start + timedelta(hours=next(n))

    house.app.state.clock = clock

    async def close() -> None:
        for step in range(12):
            await close_before(house, paris_day(start + timedelta(hours=6 * step)))
            await asyncio.sleep(0.02)

    gate = asyncio.Semaphore(AT_ONCE_PER_PLATFORM)

    async def send_in_turn(m: int) -> Response:
        async with gate:
            return await send(house, assistance(m) if m % 3 else wrong(1))

    sent = [send_in_turn(m) for m in range(40)]
    closing = asyncio.gather(close(), close())
    answers = await asyncio.gather(*sent)
    await closing
    assert {answer.status_code for answer in answers} == {201, 422}
    received = Counter(date.fromisoformat(answer.json()["received_on"]) for answer in answers)
    closed = await closed_days(house)
    assert len(closed) >= 3
    assert {day: received.get(day, 0) for day in closed} == closed
    assert min(received) >= FIFTH


async def test_days_are_closed_in_order_though_asked_for_at_once(house: House) -> None:
    days = [date(2005, 4, n) for n in range(6, 16)]
    database = house.rooms["ingestion"].database

    async def close(day: date) -> None:
        async with database.transaction() as work:
            await close_days_before(work, day)

    await asyncio.gather(*(close(day) for day in reversed(days)))
    said = [event.day for event in await house.said("ingestion", "ReceptionClosed")
            if isinstance(event, ReceptionClosed)]  # fmt: skip
    assert said == [date(2005, 4, n) for n in range(4, 15)]
