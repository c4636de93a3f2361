"""The one adapter on a real PostgreSQL: each record applied exactly once, or buried, or the line stopped."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import SecretStr

from shared import hearing
from shared.database import Database
from shared.events import DayBegan, LateListed, RegistryRecorded
from shared.hearing import Hearing, StopTheLine, replay
from shared.room import Room
from shared.settings import DatabaseSettings, Settings
from shared.transaction import Transaction
from tests.shared.records import FIRST, Raw, days, nth_day, record_of
from tests.shared.tally_room import TALLY, Broken, TallyRoom, once

pytestmark = pytest.mark.infra


async def test_a_batch_is_applied_whole_and_its_progress_noted(tally: TallyRoom) -> None:
    await tally.hearing.hear(days(3))
    assert await tally.tallied() == once(3)
    assert await tally.next_offset() == 3
    assert await tally.said() == ["DayBegan"] * 3


@pytest.mark.parametrize("state", ["40P01", "40001", "57P01", "57P03", "53300", "53200", "55P03", "57014", "08006"])
async def test_what_may_succeed_later_is_tried_again(tally: TallyRoom, state: str) -> None:
    tally.failures[nth_day(1)] = [state, state]
    await tally.hearing.hear(days(3))
    assert await tally.tallied() == once(3)
    assert tally.tries.count(nth_day(1)) == 3
    assert await tally.letters() == []


@pytest.mark.parametrize("failure", [ConnectionResetError(), TimeoutError(), OSError("no route to host")])
async def test_a_lost_line_is_waited_for(tally: TallyRoom, failure: Exception) -> None:
    tally.failures[nth_day(0)] = [failure]
    await tally.hearing.hear(days(2))
    assert await tally.tallied() == once(2)
    assert await tally.letters() == []


@pytest.mark.parametrize("state", ["22012", "23505", "23514", "P0001", "42P01"])
async def test_what_fails_for_good_is_not_tried_again(tally: TallyRoom, state: str) -> None:
    tally.failures[nth_day(0)] = [state]
    await tally.hearing.hear(days(1))
    assert tally.tries == [nth_day(0)]
    assert len(await tally.letters()) == 1


async def test_what_goes_on_failing_stops_the_line_and_leaves_nothing(tally: TallyRoom) -> None:
    tally.failures[nth_day(1)] = ["40P01"] * 100
    with pytest.raises(StopTheLine):
        await tally.hearing.hear(days(2))
    for table in ("inbox", "heard", "outbox", "dead_letter", "reception_heard"):
        assert await tally.rows(f"SELECT 1 FROM {table}") == [], table


async def test_no_free_connection_is_waited_for_and_never_buries(settings: Settings, tally: TallyRoom) -> None:
    url = SecretStr(settings.database.url.get_secret_value())
    narrow = Database(DatabaseSettings(url=url, pool_size=1), "compliance")
    narrow.engine.sync_engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    crowded = TallyRoom(narrow)
    async with narrow.transaction():
        with pytest.raises(StopTheLine):
            await crowded.hearing.hear(days(1))
    await crowded.hearing.hear(days(1))
    assert await tally.tallied() == once(1)
    assert await tally.letters() == []
    await narrow.close()


async def test_a_deadlock_of_two_workers_is_resolved(tally: TallyRoom) -> None:
    holding = [asyncio.Event(), asyncio.Event()]

    def worker(first: int, second: int) -> Hearing:
        async def cross(work: Transaction, _: DayBegan) -> None:
            tally.tries.append(nth_day(first))
            await work.execute(TALLY, {"day": nth_day(first)})
            holding[first].set()
            await holding[second].wait()
            await work.execute(TALLY, {"day": nth_day(second)})

        return Hearing(Room(name="compliance", database=tally.database, hears={DayBegan: cross}))

    await asyncio.gather(worker(0, 1).hear(days(1)), worker(1, 0).hear(days(1, start=1)))
    assert len(tally.tries) == 3, "one of the two was chosen to wait"
    assert await tally.tallied() == {nth_day(0): 2, nth_day(1): 2}


async def test_an_event_twice_in_a_batch_and_across_batches_counts_once(tally: TallyRoom) -> None:
    records = days(3)
    again = [replace(record, offset=record.offset + 3) for record in records]
    await tally.hearing.hear([*records, *again])
    await tally.hearing.hear([*again, *records])
    assert await tally.tallied() == once(3)
    assert await tally.next_offset() == 6


async def test_two_workers_that_hear_the_same_records_apply_them_once(tally: TallyRoom) -> None:
    records, other = days(40), TallyRoom(tally.database)
    backwards = list(reversed(records))
    await asyncio.gather(tally.hearing.hear(records), other.hearing.hear(backwards), Hearing(other.room).hear(records))
    assert await tally.tallied() == once(40)


async def test_progress_never_goes_back(tally: TallyRoom) -> None:
    await tally.hearing.hear(days(5))
    await tally.hearing.hear(days(2))
    assert await tally.next_offset() == 5


async def test_a_batch_keeps_its_order(tally: TallyRoom) -> None:
    order = [7, 3, 9, 1, 0, 8, 2, 6, 5, 4]
    await tally.hearing.hear([record_of(DayBegan(day=nth_day(n)), at) for at, n in enumerate(order)])
    assert tally.tries == [nth_day(n) for n in order]


async def test_those_heard_together_come_in_one_call_each_once(tally: TallyRoom) -> None:
    lists = [record_of(LateListed(day=nth_day(n), late=()), n) for n in (2, 0, 1)]
    await tally.hearing.hear([lists[0], *days(2), lists[1], lists[0], lists[2]])
    assert tally.together == [[nth_day(2), nth_day(0), nth_day(1)]]
    assert await tally.tallied() == once(2)


async def test_what_the_room_does_not_hear_is_passed_over(tally: TallyRoom) -> None:
    deaf = Hearing(Room(name="compliance", database=tally.database))
    await deaf.hear(days(2))
    assert await tally.next_offset() == 2
    assert await tally.rows("SELECT 1 FROM inbox") == []


async def test_an_effect_that_fails_says_nothing(tally: TallyRoom) -> None:
    tally.failures[nth_day(0)] = [Broken()]
    await tally.hearing.hear(days(1))
    assert await tally.said() == ["DeadLetter"]
    assert await tally.tallied() == {}
    assert await tally.rows("SELECT 1 FROM inbox") == []


async def test_a_record_buried_twice_is_one_letter_said_once(tally: TallyRoom) -> None:
    tally.failures[nth_day(0)] = [Broken(), Broken()]
    await tally.hearing.hear(days(1))
    await tally.hearing.hear(days(1))
    assert len(await tally.letters()) == 1
    assert await tally.said() == ["DeadLetter"]


async def test_too_many_dead_letters_in_a_row_stop_the_line(tally: TallyRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MAX_DEAD_IN_A_ROW", 3)
    bad = [Raw("calendar", 0, n, b"{") for n in range(4)]
    await tally.hearing.hear(bad[:2])
    with pytest.raises(StopTheLine, match="4 dead letters in a row"):
        await tally.hearing.hear(bad[2:])


async def test_an_effect_that_always_fails_stops_the_line(tally: TallyRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MAX_DEAD_IN_A_ROW", 3)
    tally.failures = {nth_day(n): [Broken()] * 2 for n in range(1, 9)}
    with pytest.raises(StopTheLine, match="3 dead letters in a row"):
        await tally.hearing.hear(days(9))
    assert [letter.offset for letter in await tally.letters()] == [1, 2, 3]
    assert await tally.tallied() == once(1)


async def test_a_good_record_between_bad_ones_keeps_the_line_moving(
    tally: TallyRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MAX_DEAD_IN_A_ROW", 3)
    bad = [Raw("calendar", 0, n, b"{") for n in range(10, 18)]
    for n in range(4):
        await tally.hearing.hear([*bad[2 * n : 2 * n + 2], *days(1, start=n)])
    assert len(await tally.letters()) == 8
    assert await tally.tallied() == once(4)


async def test_a_mended_letter_is_replayed_once_and_marked(tally: TallyRoom) -> None:
    tally.failures[nth_day(0)] = [Broken()]
    records = days(1)
    await tally.hearing.hear(records)
    [letter] = await tally.letters()
    await asyncio.gather(replay(tally.room, letter), replay(tally.room, letter))
    await replay(tally.room, letter)
    await tally.hearing.hear(records)
    assert await tally.tallied() == once(1)
    assert await tally.letters() == []
    assert await tally.said() == ["DeadLetter", "DayBegan"]


async def test_a_letter_that_still_fails_stays(tally: TallyRoom) -> None:
    tally.failures[nth_day(0)] = [Broken(), Broken()]
    await tally.hearing.hear(days(1))
    [letter] = await tally.letters()
    with pytest.raises(Broken):
        await replay(tally.room, letter)
    assert await tally.letters() == [letter]
    assert await tally.tallied() == {}


async def test_a_replayed_event_of_another_identity_counts(tally: TallyRoom) -> None:
    await tally.hearing.hear([record_of(DayBegan(day=FIRST), n, identity=uuid4()) for n in range(2)])
    assert await tally.tallied() == {FIRST: 2}, "identity, not content, is what is dropped"


async def test_an_older_registry_never_overwrites(tally: TallyRoom) -> None:
    said = [RegistryRecorded(version=version, first_period=f"200{version}-T1") for version in (3, 5, 4)]
    await tally.hearing.hear([record_of(event, n) for n, event in enumerate(said)])
    [row] = await tally.rows("SELECT version, body FROM registry_subject")
    assert (row.version, row.body) == (5, {"first_period": "2005-T1"})
