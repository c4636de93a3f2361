"""One batch ahead: the next is read while one is committed, effects and offsets stay in order, a fault ends all."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import broker
from shared.broker import Listening
from shared.hearing import Batch, Record
from tests.shared.records import days
from tests.shared.tally_room import TallyRoom, once

pytestmark = pytest.mark.infra


class Ended(Exception):
    """The process would have ended."""


class Noting:
    """A consumer that notes what is committed, and how many days had been counted then."""

    def __init__(self, tally: TallyRoom) -> None:
        self.tally, self.committed = tally, list[tuple[int, int]]()

    async def commit(self, reached: dict[TopicPartition, int]) -> None:
        self.committed.append((max(reached.values()), len(await self.tally.tallied())))


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> None:
    def end() -> None:
        raise Ended

    monkeypatch.setattr(broker, "stop_the_process", end)


async def test_the_next_batch_is_read_while_one_is_committed(tally: TallyRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    listening, consumer, steps = Listening(tally.hearing), Noting(tally), list[str]()
    read, hear, may_commit = tally.hearing.read, tally.hearing.hear_batch, asyncio.Event()

    def reading(records: Sequence[Record]) -> Batch:
        steps.append("read")
        return read(records)

    async def hearing(batch: Batch) -> None:
        await may_commit.wait()
        await hear(batch)
        steps.append("committed")

    monkeypatch.setattr(tally.hearing, "read", reading)
    monkeypatch.setattr(tally.hearing, "hear_batch", hearing)
    records = days(4)
    await listening.take(records[:2], cast(AIOKafkaConsumer, consumer))
    second = asyncio.create_task(listening.take(records[2:], cast(AIOKafkaConsumer, consumer)))
    while steps != ["read", "read"]:
        await asyncio.sleep(0.01)
    may_commit.set()
    await second
    await listening.finish()
    assert steps == ["read", "read", "committed", "committed"]
    assert await tally.tallied() == once(4)
    assert consumer.committed == [(2, 2), (4, 4)]


async def test_an_effect_that_fails_ends_the_process_and_commits_nothing(
    tally: TallyRoom, ending: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening, consumer = Listening(tally.hearing), Noting(tally)

    async def never(_: Any) -> None:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(tally.hearing, "hear_batch", never)
    await listening.take(days(1), cast(AIOKafkaConsumer, consumer))
    with pytest.raises(Ended):
        await listening.finish()
    assert consumer.committed == []


async def test_a_reader_with_a_fault_ends_the_process(
    tally: TallyRoom, ending: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Any) -> Batch:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(tally.hearing, "read", never)
    with pytest.raises(Ended):
        await Listening(tally.hearing).take(days(1), None)
