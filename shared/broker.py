"""The one factory of Kafka consumers: FastStream with the defaults that lose messages set right."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any, NoReturn

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.message import StreamMessage

from shared.hearing import Batch, Hearing, Record
from shared.settings import KafkaSettings
from shared.topics import TOPICS, heard_by

log = structlog.get_logger()

Records = tuple["ConsumerRecord[bytes, bytes]", ...]

MAX_BATCH = 2000
# FastStream sleeps as long again when a poll finds nothing, so this bounds the latency at rest.
POLL_MS = 15


async def create_topics(settings: KafkaSettings) -> None:
    """Creates the topics of the catalogue that are missing; auto-creation stays off."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        wanted = [
            NewTopic(settings.prefix + topic.name, topic.partitions, settings.replication, topic_configs=topic.config)
            for topic in TOPICS.values()
        ]
        answer = await admin.create_topics(wanted)
        for name, code, *_ in answer.topic_errors:
            if code and not issubclass(for_code(code), TopicAlreadyExistsError):
                raise KafkaError(f"topic {name}: {for_code(code).__name__}")
    finally:
        await admin.close()


async def _parse_raw(records: Records) -> StreamMessage[Records]:
    """Touches nothing: a header that is no UTF-8 must reach our adapter, not fail before it."""
    return StreamMessage(raw_message=records, body=b"", headers={}, content_type=None, path={})


async def _decode_raw(message: StreamMessage[Records]) -> Records:
    return message.raw_message


def build_broker(settings: KafkaSettings, listening: "Listening") -> tuple[KafkaBroker, Any]:
    """A broker with the room's one subscriber (its group is the room's name)."""
    hearing = listening.hearing
    room = hearing.room.name
    broker = KafkaBroker(
        settings.bootstrap_servers,
        allow_auto_create_topics=False,
        acks="all",
        enable_idempotence=True,
        graceful_timeout=15.0,
        apply_types=False,
        logger=None,
        client_id=f"pilotage-{room}",
    )
    subscriber = broker.subscriber(
        *(settings.prefix + topic.name for topic in heard_by(room)),
        group_id=settings.prefix + room,
        batch=True,
        max_records=MAX_BATCH,
        batch_timeout_ms=POLL_MS,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 4,
        parser=_parse_raw,
        decoder=_decode_raw,
        title=f"{room} hears",
    )

    @subscriber
    async def hear(records: Records) -> None:
        await listening.take(records, subscriber.consumer)

    return broker, subscriber


class Listening:
    """Hears batches in turn, one ahead: while one is being committed, the next is read in a thread.

    Whatever an effect could not do ends the process, which starts again from what is committed.
    """

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self._before: asyncio.Task[None] | None = None

    async def take(self, records: Sequence[Record], consumer: AIOKafkaConsumer | None) -> None:
        """Returns when the batch is read and its effect has begun, that of the batch before being committed."""
        batch = await self._read(records)
        await self.finish()
        self._before = asyncio.create_task(_hear_and_commit(self.hearing, batch, consumer))
        await asyncio.sleep(self.hearing.room.gathers_seconds)

    async def _read(self, records: Sequence[Record]) -> Batch:
        try:
            if self._before is None or self._before.done():
                return self.hearing.read(records)  # nothing to wait for: a thread would only cost
            return await asyncio.to_thread(self.hearing.read, records)
        except Exception as error:
            _stop(self.hearing, error)

    async def finish(self) -> None:
        """Until what was taken is committed."""
        if self._before is not None:
            await asyncio.shield(self._before)


async def _hear_and_commit(hearing: Hearing, batch: Batch, consumer: AIOKafkaConsumer | None) -> None:
    """Effect first, offset after."""
    try:
        await hearing.hear_batch(batch)
    except Exception as error:
        _stop(hearing, error)
    reached = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in batch.records}
    try:
        if consumer is not None:
            await consumer.commit(reached)
    except (KafkaError, ValueError) as error:
        # The inbox, not the offset, keeps records from counting twice: partitions lost meanwhile are heard again.
        log.warning("offset not committed", room=hearing.room.name, cause=repr(error)[:200])


def _stop(hearing: Hearing, error: Exception) -> NoReturn:
    log.critical("stopping", room=hearing.room.name, cause=repr(error)[:500])
    stop_the_process()


def stop_the_process() -> NoReturn:
    """Ends at once, without unwinding: the supervisor starts the process again from what is committed."""
    os._exit(70)
