"""The `work` process: days are worked beside the hearing, what hangs is started again, one signal stops every room."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared import worker
from shared.broker import create_topics
from shared.database import Database
from shared.events import DayBegan, ReceptionClosed
from shared.hearing import Hearing
from shared.readings import begin_day
from shared.reception import close_reception
from shared.room import NotReady, Room
from shared.settings import Settings
from shared.status import room_status
from shared.transaction import Transaction
from tests.infrastructure import Servers, own_database, settings_for
from tests.shared.records import Raw, nth_day, record_of

pytestmark = pytest.mark.infra

PROJECT = Path(__file__).parents[2]
ROOMS = 5


class RegistryMissing(TimeoutError):
    """As rooms say that something is still to be heard."""


@dataclass
class Office:
    """A room with a day's work that can be told to fail; its days are worked as in the `work` process."""

    database: Database
    failure: Exception | None = None
    tried: list[date] = field(default_factory=list)
    worked: list[date] = field(default_factory=list)
    offset: int = 0

    def __post_init__(self) -> None:
        hears: Any = {DayBegan: begin_day, ReceptionClosed: close_reception}
        self.room = Room(name="qualitative", database=self.database, hears=hears, work_day=self.work_day)
        self.hearing = Hearing(self.room)

    async def work_day(self, _: Transaction, day: date) -> None:
        self.tried.append(day)
        if self.failure:
            raise self.failure
        self.worked.append(day)

    async def hear_day(self, n: int) -> None:
        """The day begins, and the one before it is closed."""
        records: list[Raw] = []
        for event in (ReceptionClosed(day=nth_day(n - 1), submissions=0), DayBegan(day=nth_day(n))):
            self.offset += 1
            records.append(record_of(event, self.offset))
        await asyncio.wait_for(self.hearing.hear(records), 2)

    async def until_worked(self, *days: int, within: float) -> None:
        async with asyncio.timeout(within):
            while self.worked != [nth_day(n) for n in days]:
                await asyncio.sleep(0.01)

    async def until_tried(self, times: int, within: float = 2) -> None:
        async with asyncio.timeout(within):
            while len(self.tried) < times:
                await asyncio.sleep(0.01)


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    database = Database(settings.database, "qualitative")
    yield Office(database)
    await database.close()


@asynccontextmanager
async def at_work(office: Office) -> AsyncIterator[None]:
    working = asyncio.create_task(worker.work_days_as_they_come(office.hearing))
    await asyncio.sleep(0.2)
    assert not working.done()
    try:
        yield
        assert not working.done()
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def test_a_day_is_worked_as_soon_as_it_is_heard(office: Office) -> None:
    async with at_work(office):
        await office.hear_day(1)
        await office.until_worked(1, within=0.5)
        await office.hear_day(2)
        await office.until_worked(1, 2, within=0.5)


@pytest.mark.parametrize("failure", [NotReady("no registry"), RegistryMissing()])
async def test_a_day_that_is_not_ready_keeps_nobody_from_hearing_what_it_needs(
    office: Office, failure: Exception
) -> None:
    office.failure = failure
    async with at_work(office):
        await office.hear_day(1)
        await office.until_tried(1)
        assert (await room_status(office.room)).to_do == {"days": 1}
        office.failure = None
        await office.hear_day(2)
        await office.until_worked(1, 2, within=0.5)


async def test_a_day_that_is_not_ready_is_tried_again_by_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_DAY_WORK_SECONDS", 0.3)
    office.failure = NotReady()
    async with at_work(office):
        await office.hear_day(1)
        await office.until_tried(1)
        office.failure = None
        await office.until_worked(1, within=1)


async def test_a_days_work_that_always_fails_is_said_and_hearing_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_DAY_FAILED_SECONDS", 0.2)
    office.failure = ZeroDivisionError()
    with capture_logs() as logs:
        async with at_work(office):
            for n in range(1, 6):
                await office.hear_day(n)
            await office.until_tried(2)
            assert len(office.tried) < 4, "each batch tried it again"
            status = await room_status(office.room)
            assert (status.day_to_work, status.to_do) == (nth_day(1), {"days": 5})
            assert status.heard == {"calendar/0": 11, "submissions/0": 10}
            office.failure = None
            await office.until_worked(1, 2, 3, 4, 5, within=3)
            assert not await office.hearing.work_next_day(), "waits for the last one's commit"
    critical = [entry for entry in logs if entry["log_level"] == "critical"]
    assert len(critical) >= 2
    assert (critical[0]["room"], critical[0]["cause"]) == ("qualitative", "ZeroDivisionError()")
    assert (await room_status(office.room)).day_to_work is None


async def test_a_days_work_that_loses_its_connection_is_done_again_soon(office: Office) -> None:
    office.failure = ConnectionResetError()
    async with at_work(office):
        await office.hear_day(1)
        await office.until_tried(3)
        office.failure = None
        await office.until_worked(1, within=2)


@dataclass
class Consumer:
    """What the watch asks of it."""

    waiting: int

    def assignment(self) -> set[str]:
        return {"calendar"}

    async def end_offsets(self, _: list[str]) -> dict[str, int]:
        return {"calendar": self.waiting}

    async def position(self, _: str) -> int:
        return 0


class Stopped(Exception):
    """The process would have ended."""


@pytest.fixture
def watched(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    def stop() -> None:
        raise Stopped

    monkeypatch.setattr(worker, "stop_the_process", stop)
    monkeypatch.setattr(worker, "_WATCH_SECONDS", 0.05)
    monkeypatch.setattr(worker, "_STUCK_SECONDS", 0.2)
    monkeypatch.setattr(worker, "_STUCK_AT_WORK_SECONDS", 1.0)
    return office


async def watch(office: Office, waiting: int, seconds: float) -> None:
    consumer: Any = Consumer(waiting)
    with suppress(TimeoutError):
        await asyncio.wait_for(worker.watch_progress(office.hearing, lambda: consumer), seconds)


async def test_a_consumer_that_does_not_move_ends_the_process(watched: Office) -> None:
    with pytest.raises(Stopped):
        await watch(watched, waiting=1, seconds=0.6)


async def test_a_consumer_with_nothing_to_hear_is_left_in_peace(watched: Office) -> None:
    await watch(watched, waiting=0, seconds=0.6)


async def test_a_long_effect_is_left_in_peace_and_an_endless_one_is_not(watched: Office) -> None:
    watched.hearing.is_at_work = True
    await watch(watched, waiting=1, seconds=0.6)
    with pytest.raises(Stopped):
        await watch(watched, waiting=0, seconds=2)


@pytest.fixture
async def durable(servers: Servers, migrated: str) -> AsyncIterator[Settings]:
    """A house of the test's own: the process refuses one whose commits may be lost."""
    async with own_database(servers.database_url, migrated) as url:
        settings = settings_for(servers, url, prefix=url.rsplit("/", 1)[1] + "-")
        await create_topics(settings.kafka)
        yield settings


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PILOTAGE_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "PILOTAGE_KAFKA__PREFIX": settings.kafka.prefix,
        "PILOTAGE_DATABASE__URL": settings.database.url.get_secret_value(),
        "PILOTAGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PILOTAGE_PUBLIC_URL": settings.base_url,
        "PILOTAGE_RECEIPT_KEY": os.environ["PILOTAGE_RECEIPT_KEY"],
    }


async def test_one_signal_stops_all_rooms_of_a_process(durable: Settings, tmp_path: Path) -> None:
    env, log = _environment(durable), tmp_path / "log"
    with log.open("wb") as output:
        command = (sys.executable, "-m", "services.cli.main", "work")
        process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, env=env, stdout=output, stderr=output)
    try:
        async with asyncio.timeout(40):
            while log.read_text().count('"at work"') < ROOMS:
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0, log.read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
