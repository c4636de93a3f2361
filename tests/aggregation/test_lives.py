"""Whatever happens on the way - other orders, repetitions, crashes, workers coming and going - same totals."""

import pytest

from services.aggregation.handlers import totals
from shared.database import Database
from tests.aggregation.conftest import empty
from tests.aggregation.lives import Life, faults_of_life
from tests.infrastructure import Servers, settings_for

LIVES, AT_ONCE = 300, 30


@pytest.mark.parametrize("first", range(0, LIVES, AT_ONCE))
async def test_any_life_ends_in_the_totals_of_a_plain_model(
    any_database: Database, servers: Servers, room_url: str, first: int
) -> None:
    settings = settings_for(servers, room_url)
    for seed in range(first, first + AT_ONCE):
        await empty(any_database)
        assert await faults_of_life(settings, seed) == []


async def test_a_life_that_loses_a_record_is_convicted(
    database: Database, servers: Servers, room_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is this test: a model that is always content would be worth nothing."""
    deliver = Life.deliver

    async def losing(life: Life) -> None:
        if len(life.waiting) > 3:
            life.waiting.pop()
        await deliver(life)

    monkeypatch.setattr(Life, "deliver", losing)
    faults = [fault for seed in range(3) for fault in await faults_of_life(settings_for(servers, room_url), seed)]
    assert faults


async def test_a_build_that_leaves_figures_behind_is_convicted(
    database: Database, servers: Servers, room_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction that does not take away what it replaces."""

    async def nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(totals, "lines_of", nothing)
    faults = [fault for seed in range(5) for fault in await faults_of_life(settings_for(servers, room_url), seed)]
    assert faults
