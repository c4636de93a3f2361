"""At rest is known, never slept for: every kind of work left shows in a room's status until it is done."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.database import Database
from shared.dead_letters import list_letters
from shared.events import DayBegan
from shared.hearing import Hearing, replay
from shared.readings import begin_day
from shared.room import Room
from shared.settings import Settings
from shared.status import RoomStatus, room_status
from shared.transaction import Transaction
from tests.shared.house import House, open_house
from tests.shared.records import Raw, days, nth_day

pytestmark = pytest.mark.infra


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Room]:
    database = Database(settings.database, "compliance")
    left = {"letters": 2}

    async def pending(_: Transaction) -> dict[str, int]:
        return left

    async def work_day(_: Transaction, day: Any) -> None:
        left["letters"] = 0

    yield Room(name="compliance", database=database, hears={DayBegan: begin_day}, pending=pending, work_day=work_day)
    await database.close()


def nothing(**more: Any) -> RoomStatus:
    empty: dict[str, Any] = {"unpublished": 0, "heard": {}, "dead_letters": 0, "miscounted": 0, "to_do": {}}
    return RoomStatus(room="compliance", **{**empty, **more})


async def test_a_new_room_has_only_its_own_work_to_do(room: Room) -> None:
    assert await room_status(room) == nothing(to_do={"letters": 2, "days": 0})


async def test_how_far_it_has_heard_is_told_by_partition(room: Room) -> None:
    await Hearing(room).hear([*days(3), Raw("submissions", 11, 41, b"{")])
    status = await room_status(room)
    assert status.heard == {"calendar/0": 3, "submissions/11": 42}
    assert status.to_do["days"] == 3


async def test_what_is_still_to_be_said_shows(room: Room) -> None:
    async with room.database.transaction() as work:
        work.say(DayBegan(day=nth_day(0)))
    assert (await room_status(room)).unpublished == 1
    async with room.database.transaction() as work:
        await work.execute("UPDATE outbox SET published_at = now()")
    assert (await room_status(room)).unpublished == 0


async def test_a_dead_letter_shows_until_it_is_replayed(room: Room) -> None:
    failing = Room(name="compliance", database=room.database, hears={DayBegan: _fail})
    await Hearing(failing).hear(days(1))
    assert (await room_status(room)).dead_letters == 1
    async with room.database.transaction() as work:
        [letter] = await list_letters(work)
    await replay(room, letter)
    assert (await room_status(room)).dead_letters == 0


async def _fail(_: Transaction, event: DayBegan) -> None:
    raise ValueError(event.day)


async def test_a_day_shows_until_it_is_worked(room: Room) -> None:
    async with room.database.transaction() as work:
        await begin_day(work, DayBegan(day=nth_day(1)))
    assert (await room_status(room)).to_do == {"letters": 2, "days": 1}
    async with room.database.transaction() as work:
        await work.execute("INSERT INTO reception_closed (day, submissions) VALUES (:day, 0)", {"day": nth_day(0)})
    await Hearing(room).work_days()
    assert (await room_status(room)).to_do == {"letters": 0, "days": 0}


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as house:
        await house.put_registry()
        await house.issue("PF01")
        await house.carry()
        yield house


@pytest.mark.parametrize("name", ["compliance", "ingestion"])
async def test_the_route_is_the_admins(house: House, name: str) -> None:
    answer = await house.http.get(f"/api/v1/status/{name}", headers=house.admin)
    assert answer.status_code == 200
    assert answer.json() == (await room_status(house.rooms[name])).model_dump()
    assert (await house.http.get(f"/api/v1/status/{name}", headers=house.of("PF01"))).status_code == 403
    assert (await house.http.get(f"/api/v1/status/{name}")).status_code == 401
