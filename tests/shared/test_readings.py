"""A room's own reading of the registry, the credentials and the calendar."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from shared import readings
from shared.database import Database
from shared.events import (
    CentralRecorded,
    CredentialIssued,
    DayBegan,
    MemberRecorded,
    OperatorRecorded,
    PlatformRecorded,
    RegistryRecorded,
)
from shared.network import Central, Member, Network, Operator, Platform
from shared.readings import READINGS, NoRegistry, current_day, read_network, registry_version, today
from shared.settings import Settings
from tests.shared.records import nth_day

pytestmark = pytest.mark.infra

TOKEN = UUID(int=1)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database, "qualitative")
    yield database
    await database.close()


async def hear(database: Database, *events: Any) -> None:
    async with database.transaction() as work:
        for event in events:
            await READINGS[type(event)](work, event)


async def read(database: Database) -> Network:
    async with database.transaction() as work:
        return await read_network(work)


def central(version: int = 1) -> CentralRecorded:
    return CentralRecorded(version=version, central=Central(name=f"UESL {version}"))


def platform(version: int, name: str = "Armor", *, removed: bool = False) -> PlatformRecorded:
    return PlatformRecorded(version=version, removed=removed, platform=Platform(code="PF01", name=name))


def member(version: int, code: str = "CIL01", *, removed: bool = False) -> MemberRecorded:
    said = Member(code=code, kind="CIL", name=f"{code} {version}", department="35")
    return MemberRecorded(version=version, removed=removed, member=said)


def whole(version: int = 1, first_period: str = "2005-T1") -> RegistryRecorded:
    return RegistryRecorded(version=version, first_period=first_period)


async def test_before_any_registry_there_is_none(database: Database) -> None:
    await hear(database, central(), platform(1))
    for read_it in (read_network, registry_version):
        async with database.transaction() as work:
            with pytest.raises(NoRegistry):
                await read_it(work)


async def test_the_registry_is_read_whole(database: Database) -> None:
    operator = OperatorRecorded(version=1, operator=Operator(code="OP1", name="Filiale", members=("CIL01",)))
    await hear(database, central(), platform(1), member(1), member(1, "CIL02"), operator, whole())
    network = await read(database)
    assert [one.code for one in network.platforms] == ["PF01"]
    assert [one.code for one in network.members] == ["CIL01", "CIL02"]
    assert network.operators == (operator.operator,)
    assert (network.central.name, network.first_period) == ("UESL 1", "2005-T1")


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2, 3)])
async def test_an_older_version_never_overwrites_a_newer_one(database: Database, order: tuple[int, ...]) -> None:
    for version in order:
        await hear(database, central(version), platform(version, f"nom {version}"), member(version), whole(version))
    network = await read(database)
    assert network.central.name == "UESL 3"
    assert network.platforms[0].name == "nom 3"
    assert network.members[0].name == "CIL01 3"
    async with database.transaction() as work:
        assert await registry_version(work) == 3


async def test_what_was_removed_is_gone_and_stays_gone(database: Database) -> None:
    await hear(database, central(), platform(1), member(1), member(1, "CIL02"), whole())
    await hear(database, member(2, removed=True), whole(2))
    await hear(database, member(1))
    assert [one.code for one in (await read(database)).members] == ["CIL02"]


async def test_what_comes_back_is_there_again(database: Database) -> None:
    await hear(database, central(), member(1), whole(), member(2, removed=True), whole(2), member(3), whole(3))
    assert [one.name for one in (await read(database)).members] == ["CIL01 3"]


async def test_the_network_is_assembled_once_per_version(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assembled = []
    assemble = readings.network_as_of

    async def counted(work: Any, version: int) -> Network:
        assembled.append(version)
        return await assemble(work, version)

    monkeypatch.setattr(readings, "network_as_of", counted)
    await hear(database, central(), platform(1, "avant"), whole())
    assert await read(database) is await read(database)
    await hear(database, platform(2, "après"), whole(2))
    assert (await read(database)).platforms[0].name == "après"
    assert (await read(database)).platforms[0].name == "après"
    assert assembled == [1, 2]


async def test_each_room_reads_its_own(database: Database, settings: Settings) -> None:
    other = Database(settings.database, "aggregation")
    await hear(database, central(), platform(1, "ici"), whole())
    await hear(other, central(), platform(1, "là"), whole())
    assert (await read(database)).platforms[0].name == "ici"
    assert (await read(other)).platforms[0].name == "là"
    await other.close()


async def test_two_houses_in_one_process_do_not_mix(database: Database, settings: Settings) -> None:
    await hear(database, central(), platform(1, "ici"), whole())
    await read(database)
    again = Database(settings.database, "qualitative")
    async with again.transaction() as work:
        await work.execute("DELETE FROM registry_history")
    await hear(again, central(), platform(1, "autre maison"), whole())
    assert (await read(again)).platforms[0].name == "autre maison"
    await again.close()


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (1, 2, 1)])
async def test_a_revoked_credential_stays_revoked(database: Database, order: tuple[int, ...]) -> None:
    for version in order:
        await hear(database, CredentialIssued(
            credential=TOKEN, version=version, token_sha256="ab", role="platform", platform="PF01", name="essai",
            revoked=version == 2,
        ))  # fmt: skip
    async with database.transaction() as work:
        [row] = await work.execute("SELECT version, revoked FROM credential")
    assert (row.version, row.revoked) == (2, True)


async def test_the_day_is_the_last_one_said(database: Database) -> None:
    async with database.transaction() as work:
        assert await current_day(work) is None
    await hear(database, *(DayBegan(day=nth_day(n)) for n in (0, 2, 1, 2)))
    async with database.transaction() as work:
        assert await current_day(work) == nth_day(2)


async def test_today_is_the_calendars_in_a_simulation_and_else_the_clocks(database: Database) -> None:
    def clock() -> datetime:
        return datetime(2010, 6, 30, 22, 30, tzinfo=UTC)

    async with database.transaction() as work:
        assert await today(work, True, clock) == date(2010, 7, 1), "nothing said yet"
        await READINGS[DayBegan](work, DayBegan(day=nth_day(3)))
        assert await today(work, True, clock) == nth_day(3)
        assert await today(work, False, clock) == date(2010, 7, 1)
