"""The settings that keep messages from being lost, as they stand in what is really built."""

from collections.abc import AsyncIterator
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.broker import Listening, build_broker
from shared.database import Database
from shared.hearing import Hearing
from shared.relay import reliable_producer
from shared.room import Room
from shared.settings import KafkaSettings
from shared.topics import ROOMS, heard_by

SETTINGS = KafkaSettings(bootstrap_servers="127.0.0.1:1", prefix="essai-")
WAIT_FOR_ALL = -1


def _broker_of(room: str) -> KafkaBroker:
    no_database = cast(Database, None)
    return build_broker(SETTINGS, Listening(Hearing(Room(name=room, database=no_database))))[0]


def _subscriber_of(room: str) -> BatchSubscriber:
    """The one subscriber, found as the broker will find it when it starts."""
    (subscriber,) = _broker_of(room).subscribers
    assert isinstance(subscriber, BatchSubscriber)
    return subscriber


@pytest.fixture(params=ROOMS)
async def consumer(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, AIOKafkaConsumer]]:
    """A room's consumer, built as the subscriber builds it when it starts, and never connected."""
    subscriber = _subscriber_of(request.param)
    options = subscriber._connection_args
    built = subscriber.builder(group_id=subscriber.group_id, client_id=subscriber.client_id, **options)
    yield request.param, built
    await built.stop()


def test_the_consumer_reads_from_the_first_record_on(consumer: tuple[str, AIOKafkaConsumer]) -> None:
    assert consumer[1]._auto_offset_reset == "earliest"


def test_the_consumer_never_commits_by_itself(consumer: tuple[str, AIOKafkaConsumer]) -> None:
    assert consumer[1]._enable_auto_commit is False


def test_the_group_is_the_room(consumer: tuple[str, AIOKafkaConsumer]) -> None:
    room, built = consumer
    assert built._group_id == f"essai-{room}"


def test_a_dead_worker_is_noticed_in_good_time(consumer: tuple[str, AIOKafkaConsumer]) -> None:
    built = consumer[1]
    assert built._session_timeout_ms == SETTINGS.session_timeout_ms
    assert built._heartbeat_interval_ms * 3 < built._session_timeout_ms


@pytest.mark.parametrize("room", ROOMS)
def test_only_we_acknowledge(room: str) -> None:
    assert _subscriber_of(room).ack_policy is AckPolicy.MANUAL


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_subscribes_to_its_topics_of_the_catalogue(room: str) -> None:
    assert _subscriber_of(room).topic_names_for_subscribe == [f"essai-{topic.name}" for topic in heard_by(room)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_topic_is_made_by_accident(room: str) -> None:
    broker = _broker_of(room)
    assert broker.config.broker_config.allow_auto_create_topics is False


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_published_by_a_handler(room: str) -> None:
    assert list(_broker_of(room).publishers) == []


@pytest.mark.parametrize("room", ROOMS)
def test_even_the_producer_of_the_broker_loses_nothing(room: str) -> None:
    options = _broker_of(room)._connection_kwargs
    assert (options["acks"], options["enable_idempotence"]) == ("all", True)


@pytest.mark.parametrize("room", ROOMS)
def test_stopping_waits_for_the_batch_in_hand(room: str) -> None:
    waits = _broker_of(room).config.broker_config.graceful_timeout
    assert waits is not None
    assert waits > 0


async def test_the_relay_waits_for_all_replicas_and_repeats_nothing() -> None:
    producer = reliable_producer(SETTINGS)
    try:
        assert producer._sender._acks == WAIT_FOR_ALL
        assert producer._txn_manager is not None
        assert producer._txn_manager.transactional_id is None
    finally:
        await producer.stop()
