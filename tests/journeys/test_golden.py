"""A whole network replayed to the letter, then everything that may go wrong with events, and a tampered total."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.cli.check import find_differences, find_faults
from services.cli.client import Client, open_client
from services.cli.export import compare_with_expected, export
from services.cli.machine import Machine, running_house
from services.cli.plan import Plan, read_plan
from services.cli.replay import replay_plan
from services.cli.restitutions.kept_events import said_issues
from services.cli.restitutions.rebuilding import rebuild
from services.cli.restitutions.replaying import replay_until
from shared.database import Database
from shared.topics import SUBMISSIONS
from shared.wire import headers_of
from tests.infrastructure import house_servers

NETWORK = Path(__file__).parents[1] / "golden" / "network-2005"

pytestmark = [pytest.mark.infra, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
async def machine(tmp_path: Path, own_topics: None) -> AsyncIterator[Machine]:
    elsewhere = house_servers(tmp_path / "data")
    async with running_house(tmp_path / "data", simulation=True, elsewhere=elsewhere) as running:
        yield running


async def test_the_network_comes_out_as_expected(machine: Machine, tmp_path: Path) -> None:
    plan = read_plan(NETWORK)
    async with open_client(machine.url, machine.password) as client:
        replayed = await replay_plan(client, plan, lambda _day, _sent: None)
        assert replayed.surprises == []
        await export(client, plan, replayed.errors, tmp_path / "export")
        assert compare_with_expected(plan, tmp_path / "export") == []
        assert (await find_differences(client))[1] == []
        assert await find_faults(client) == []
        await _every_edition_can_be_made_again(machine)
        await _the_totals_are_built_again(machine, client)
        await _strange_events_change_no_total(machine, client, plan, tmp_path)
        await _a_tampered_total_is_found(machine, client)
        await _a_tampered_total_is_mended(machine, client)


async def _every_edition_can_be_made_again(machine: Machine) -> None:
    """From what was said alone; the last edition's replay makes all of those before it."""
    database = Database(machine.settings.database, "aggregation")
    issues = await said_issues(database)
    await database.close()
    announced = {edition.number: edition.sha256 for issue in issues for edition in issue.editions}
    replayed = await replay_until(machine.settings, issues[-1].editions[0].number)
    assert {made.number: made.document and made.document.sha256 for made in replayed} == announced
    assert len(announced) > 100


async def _the_totals_are_built_again(machine: Machine, client: Client) -> None:
    """From the log, beside those in use, which they then replace; the house goes on with them."""
    rebuilt = await rebuild(machine.settings, "aggregation")
    assert [(one.what, one.side, one.row[:200]) for one in rebuilt.differing[:9]] == []
    assert rebuilt.is_in_use
    assert rebuilt.records > 300
    await client.come_to_rest()
    assert (await find_differences(client))[1] == []
    assert await find_faults(client) == []


async def _strange_events_change_no_total(machine: Machine, client: Client, plan: Plan, folder: Path) -> None:
    """Twice, an older version late, malformed, of unknown type, no headers: same totals, and the line moves on."""
    topic = machine.env["PILOTAGE_KAFKA__PREFIX"] + "submissions"
    recorded = await _recorded(machine, topic)
    accepted = [record for record in recorded if dict(record.headers)["ce_type"] == b"SubmissionAccepted"]
    async with AIOKafkaProducer(bootstrap_servers=machine.infra.bootstrap_servers) as producer:
        for record in accepted[::7]:
            for headers in (list(record.headers), _as_new(record, "SubmissionAccepted")):
                await producer.send(topic, record.value, record.key, record.partition, headers=headers)
        strange = [
            (b"{not json", _as_new(accepted[0], "SubmissionAccepted")),
            (json.dumps({"platform": "PF01"}).encode(), _as_new(accepted[0], "SubmissionAccepted")),
            (accepted[0].value, _as_new(accepted[0], "SubmissionEaten")),
            (accepted[0].value, []),
            (b"\xff\xfe", [("ce_id", b"\xff"), ("ce_type", b"\xff")]),
        ]
        for value, headers in strange:
            await producer.send_and_wait(topic, value, accepted[0].key, accepted[0].partition, headers=headers)
    await client.come_to_rest()
    status = await client.status()
    letters = {room["room"]: room["dead_letters"] for room in status["rooms"]}
    rooms = ("aggregation", "qualitative", "compliance", "notification")
    assert letters == {"ingestion": 0, **dict.fromkeys(rooms, len(strange))}
    assert (await find_differences(client))[1] == []


def _as_new(record: Any, kind: str) -> list[tuple[str, bytes]]:
    """The headers of another event with the same content."""
    return headers_of(uuid4(), kind, "ingestion", dict(record.headers)["ce_time"].decode())


async def _recorded(machine: Machine, topic: str) -> list[Any]:
    async with AIOKafkaConsumer(bootstrap_servers=machine.infra.bootstrap_servers) as consumer:
        places = [TopicPartition(topic, n) for n in range(SUBMISSIONS.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
        found: list[Any] = []
        while len(found) < sum(ends.values()):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += records
        return found


async def _a_tampered_total_is_found(machine: Machine, client: Client) -> None:
    connection = await asyncpg.connect(machine.infra.database_url.replace("+asyncpg", ""))
    try:
        moved = await connection.execute(
            "UPDATE aggregation.group_total SET m1 = m1 + 1 WHERE (form, period, level, code, part) = "
            "(SELECT form, period, level, code, part FROM aggregation.group_total WHERE level = 'region' LIMIT 1)"
        )
        assert moved == "UPDATE 1"
    finally:
        await connection.close()
    _, found = await find_differences(client)
    assert found, "a tampered total passed"
    assert all(difference.cell.level == "region" for difference in found)


async def _a_tampered_total_is_mended(machine: Machine, client: Client) -> None:
    """A rebuilding tells the difference, and leaves what is in use until it is told to replace it."""
    refused = await rebuild(machine.settings, "aggregation")
    assert [one.what for one in refused.differing] == ["totals", "totals"]
    assert not refused.is_in_use
    assert (await find_differences(client))[1] != []
    replaced = await rebuild(machine.settings, "aggregation", despite_differences=True)
    assert replaced.is_in_use
    assert (await find_differences(client))[1] == []
