"""The catalogue of topics, and which room hears what on them."""

from collections import Counter
from typing import cast

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.house import build_rooms
from shared.events import EVENTS
from shared.room import Room
from shared.settings import Settings
from shared.topics import DEAD_LETTERS, FOREVER, PUBLIC_TOPICS, ROOMS, TOPICS, heard_by
from shared.transaction import Transaction
from tests.contracts.recorded import recorded
from tests.infrastructure import Servers, settings_for

REGISTRY = {
    "CentralRecorded",
    "PlatformRecorded",
    "MemberRecorded",
    "OperatorRecorded",
    "RegistryRecorded",
    "CredentialIssued",
    "SessionEnded",
}
AUDITS = {"AuditPlanned", "EvidenceRequested", "AuditAnswerAwaited", "AuditSigned"}
SUBMISSIONS = {"SubmissionAccepted", "SubmissionRejected", "ReceptionClosed"}

UNDERSTOOD = {
    "ingestion": {*REGISTRY, "DayBegan", "RestitutionIssued", "PeriodClosed", "PeriodReopened"},
    "aggregation": {*REGISTRY, "DayBegan", *SUBMISSIONS, "WarningsExplained", "DeadlineExtended"},
    "qualitative": {*REGISTRY, "DayBegan", "CasesReported"},
    "compliance": {*SUBMISSIONS, "WarningsExplained"},
    "notification": {
        *REGISTRY,
        "DayBegan",
        *SUBMISSIONS,
        "ReminderDue",
        "LateListed",
        "RestitutionIssued",
        "DeadlineExtended",
        *AUDITS,
    },
}
# Said for whoever comes later; no room does anything with them today.
HEARD_BY_NOBODY = {
    *("DeadlineApproaching", "DeadlineMissed", "DeadlineMet"),
    *("MessageSent", "MessageFailed", "ObjectivesSet"),
}

WRITERS = {
    "submissions": "ingestion",
    "cases": "ingestion",
    "registry": "compliance",
    "calendar": "compliance",
    "deadlines": "compliance",
    "restitutions": "aggregation",
    "audits": "compliance",
    "messages": "notification",
}
PARTITIONS = {"submissions": 12, "cases": 12}
EXPIRING = {"messages", "cases"}


@pytest.fixture(scope="module")
def rooms() -> dict[str, Room]:
    nowhere = Servers("kafka.invalid:9092", "postgresql+asyncpg://nobody@postgresql.invalid/nothing")
    settings: Settings = settings_for(nowhere, nowhere.database_url)
    return build_rooms(settings)


def test_each_topic_is_listed_once_with_its_one_writer() -> None:
    assert {topic.name: topic.writer for topic in PUBLIC_TOPICS} == WRITERS
    assert max(Counter(topic.name for topic in (*PUBLIC_TOPICS, *DEAD_LETTERS.values())).values()) == 1
    assert TOPICS.keys() == {*WRITERS, *(f"{room}-dlq" for room in ROOMS)}


def test_readers_are_rooms_and_never_the_writer() -> None:
    for topic in PUBLIC_TOPICS:
        assert len(set(topic.readers)) == len(topic.readers)
        assert set(topic.readers) <= set(ROOMS) - {topic.writer}


def test_partitions_and_retention_are_those_decided() -> None:
    """More partitions later would move keys and break their order."""
    for topic in PUBLIC_TOPICS:
        assert topic.partitions == PARTITIONS.get(topic.name, 1)
        assert (topic.retention_ms == FOREVER) == (topic.name not in EXPIRING)
        assert topic.compacted == (topic.name == "registry")


def test_what_expires_goes_within_a_day_of_its_term() -> None:
    """Kafka deletes a segment when its newest record is too old: a segment that spans a week keeps a week too long."""
    for topic in TOPICS.values():
        days = int(topic.config.get("segment.ms", 0)) / 86_400_000
        assert days == (1 if topic.name in EXPIRING else 0), topic.name


async def test_kafka_knows_when_a_topic_expires(settings: Settings, topics: None) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap_servers)
    await admin.start()
    try:
        for topic in PUBLIC_TOPICS:
            asked = ConfigResource(ConfigResourceType.TOPIC, settings.kafka.prefix + topic.name, topic.config)
            [answer] = await admin.describe_configs([asked])
            [(*_, entries)] = answer.resources
            assert {entry[0]: entry[1] for entry in entries} == topic.config
    finally:
        await admin.close()


def test_every_event_is_said_on_a_topic_of_the_catalogue() -> None:
    assert {kind.topic.name for kind in EVENTS.values()} == WRITERS.keys()


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_only_the_writer_of_its_topic_says_an_event(name: str) -> None:
    event = EVENTS[name].model_validate(recorded(name).body)
    for room in set(ROOMS) - {event.topic.writer}:
        with pytest.raises(PermissionError):
            Transaction(cast(AsyncSession, None), room).say(event)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_understands_exactly_these_events(room: str, rooms: dict[str, Room]) -> None:
    assert {name for name, kind in EVENTS.items() if rooms[room].understands(kind)} == UNDERSTOOD[room]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_subscribed_to_all_that_it_understands(room: str) -> None:
    assert {EVENTS[name].topic.name for name in UNDERSTOOD[room]} <= {topic.name for topic in heard_by(room)}


def test_what_nobody_hears_is_known() -> None:
    assert EVENTS.keys() - set().union(*UNDERSTOOD.values()) == HEARD_BY_NOBODY
