"""A whole network loads while every process is killed with -9: nothing lost, nothing twice, no message missing."""

import asyncio
import csv
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.cli.check import find_differences, find_faults
from services.cli.client import Client, open_client
from services.cli.export import compare_with_expected, export
from services.cli.machine import Machine, running_house
from services.cli.plan import Plan, read_plan
from services.cli.replay import replay_plan
from tests.infrastructure import house_servers
from tests.journeys.killing import Killer
from tests.journeys.mailbox import deliveries
from tests.journeys.rewinding import FORGETFUL_BUILD, everything_was_heard_again, hear_again_from_the_start

GOLDEN = Path(__file__).parents[1] / "golden"
NETWORK = GOLDEN / "network-2015"
MESSAGES = GOLDEN / "network-2015-messages.csv"
KILLS = 21

pytestmark = [pytest.mark.infra, pytest.mark.slow, pytest.mark.timeout(900)]


async def test_nothing_is_lost_or_doubled_when_every_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, seed = read_plan(NETWORK), random.SystemRandom().randrange(10**6)
    monkeypatch.setenv("PILOTAGE_KAFKA__SESSION_TIMEOUT_MS", "6000")
    monkeypatch.setenv("PILOTAGE_SMTP__LEASE_SECONDS", "5")
    elsewhere = house_servers(tmp_path / "data")
    async with running_house(tmp_path / "data", simulation=True, elsewhere=elsewhere) as machine:
        async with open_client(machine.url, machine.password) as client:
            killer = Killer(machine.supervisor, client, seed, KILLS, files=len(plan.sendings))
            try:
                await _load_while_killing(client, plan, killer, tmp_path / "export")
            finally:
                with capsys.disabled():
                    print(f"\nseed {seed}", *killer.log, sep="\n  ")
            assert len(killer.log) == KILLS
            await _assert_sound(client, plan, machine, tmp_path / "export")

            await hear_again_from_the_start(machine)
            await everything_was_heard_again(machine)
            await client.come_to_rest(180)
            await _assert_sound(client, plan, machine, tmp_path / "again")

            await hear_again_from_the_start(machine, FORGETFUL_BUILD)
            assert await _is_convicted(client), "a build without inbox passed"


async def _load_while_killing(client: Client, plan: Plan, killer: Killer, folder: Path) -> None:
    async def load() -> None:
        replayed = await replay_plan(client, plan, killer.count, rest_within=180)
        assert not replayed.surprises
        await export(client, plan, replayed.errors, folder)

    loading, killing = asyncio.create_task(load()), asyncio.create_task(killer.run())
    done, _ = await asyncio.wait([loading, killing], return_when=asyncio.FIRST_COMPLETED)
    if loading in done:
        killing.cancel()
    elif killing.exception():
        loading.cancel()
    (killed,) = await asyncio.gather(killing, return_exceptions=True)
    await loading
    assert killed is None, "the load ended before all kills were done"


async def _assert_sound(client: Client, plan: Plan, machine: Machine, folder: Path) -> None:
    """As expected, recomputed equal, and every message exactly once."""
    if not folder.exists():
        errors = list(_rows(plan.folder / "expected" / "errors.csv"))
        told = [(row["file"], row["line"], row["column"], row["code"]) for row in errors]
        await export(client, plan, told, folder)
    assert compare_with_expected(plan, folder) == []
    assert (await find_differences(client))[1] == []
    assert await find_faults(client) == []
    await _assert_every_message_once(client, machine, folder)


async def _assert_every_message_once(client: Client, machine: Machine, folder: Path) -> None:
    messages = list(_rows(folder / "messages.csv"))
    identities = Counter((row["kind"], row["subject"], row["recipient"], row["version"]) for row in messages)
    assert max(identities.values()) == 1
    counts = Counter((row["kind"], row["subject"]) for row in messages if row["kind"] != "receipt")
    assert counts == {(row["kind"], row["subject"]): int(row["messages"]) for row in _rows(MESSAGES)}
    page: dict[str, Any] = (await client.call("GET", "/api/v1/submissions", params={"limit": 1000})).json()
    submissions = {one["id"] for one in page["submissions"]}
    assert len(submissions) == page["total"]
    assert {row["subject"] for row in messages if row["kind"] == "receipt"} == submissions
    delivered = deliveries(machine.mailbox)
    assert len(delivered) == len(messages)
    assert all(len(contents) == 1 for contents in delivered.values()), "a message came again with other bytes"


async def _is_convicted(client: Client) -> bool:
    """The broken build hears everything twice: the counts of what was received tell it, within a minute."""
    for _ in range(120):
        if await find_faults(client):
            return True
        await asyncio.sleep(0.5)
    return False


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
