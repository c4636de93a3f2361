"""Sends what a room has said from its outbox to Kafka, in order, and marks it published once the brokers have it.

One relay at a time per room: it holds a session lock of PostgreSQL, which goes with its connection. What was sent but
not yet marked when it dies is sent again; the readers' inboxes drop the repetition.
"""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.settings import KafkaSettings
from shared.wire import headers_of

log = structlog.get_logger()

BATCH = 1000
_POLL_SECONDS = 1.0
_SEND_SECONDS = 30.0
# Without these, the lock of a machine that vanished would be held for hours.
_LOCK_ENDS_WITH_THE_MACHINE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_NEXT = """
SELECT position, id, topic, key, type, body, said_at FROM outbox
WHERE published_at IS NULL ORDER BY position LIMIT $1
"""
_DONE = "UPDATE outbox SET published_at = now() WHERE position = ANY($1::bigint[])"


def reliable_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_request_size=2**24,
        linger_ms=0,
        request_timeout_ms=20_000,
    )


class Relay:
    """The loop of one room; `run` never returns by itself."""

    def __init__(self, room: str, dsn: str, server_settings: dict[str, str], kafka: KafkaSettings) -> None:
        self.room = room
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://")
        self._server_settings = {**server_settings, **_LOCK_ENDS_WITH_THE_MACHINE}
        self._kafka = kafka
        self._wake = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                await self._relay_while_connected()
            except (KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                log.warning("relay starts again", room=self.room, cause=repr(error)[:200])
                await asyncio.sleep(0.5)

    async def _relay_while_connected(self) -> None:
        connection = await asyncpg.connect(self._dsn, server_settings=self._server_settings, timeout=20)
        try:
            await self._take_lock(connection)
            await connection.add_listener(f"outbox_{self.room}", lambda *_: self._wake.set())
            async with reliable_producer(self._kafka) as producer:
                while True:
                    self._wake.clear()
                    if await self._relay_batch(connection, producer) < BATCH:
                        await self._sleep_until_woken()
        finally:
            await asyncio.wait_for(connection.close(timeout=2), 3)

    async def _take_lock(self, connection: "asyncpg.Connection[Any]") -> None:
        query = "SELECT pg_try_advisory_lock(hashtext($1))"
        while not await connection.fetchval(query, f"relay-{self.room}"):
            await asyncio.sleep(_POLL_SECONDS)

    async def _sleep_until_woken(self) -> None:
        with suppress(TimeoutError):  # nobody called: look anyway, a notification may be lost with a connection
            await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)

    async def _relay_batch(self, connection: "asyncpg.Connection[Any]", producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(_NEXT, BATCH)
        if rows:
            await asyncio.wait_for(self._send(producer, rows), _SEND_SECONDS)
            await connection.execute(_DONE, [row["position"] for row in rows])
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: list[Any]) -> None:
        acknowledged = []
        for row in rows:
            identity: UUID = row["id"]
            headers = headers_of(identity, row["type"], self.room, row["said_at"].isoformat())
            body, key = row["body"].encode(), row["key"].encode()
            acknowledged.append(await producer.send(self._kafka.prefix + row["topic"], body, key=key, headers=headers))
        await asyncio.gather(*acknowledged)
