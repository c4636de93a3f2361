"""Whether the house is at rest: everything said has been published, heard and done. Known, never slept for."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from shared.room import Room
from shared.security import Viewer
from shared.settings import Settings
from shared.status import RoomStatus, room_status
from shared.topics import PUBLIC_TOPICS, heard_by
from shared.web import Problem, admin_at, settings_of

router = APIRouter(tags=["status"])


class HouseStatus(BaseModel):
    """All rooms served here; `waiting_for` is empty when the house is at rest."""

    rooms: list[RoomStatus]
    waiting_for: list[str]
    dead_letters: int


class EndOffsets:
    """Asks Kafka how far each topic goes, over one kept connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer | None = None
        self._lock = asyncio.Lock()

    async def read(self) -> dict[str, int]:
        """Next offset by `topic/partition`; a failure is a 503, and the next call connects anew."""
        prefix = self._settings.kafka.prefix
        places = [TopicPartition(prefix + topic.name, n) for topic in PUBLIC_TOPICS for n in range(topic.partitions)]
        async with self._lock:
            try:
                ends = await asyncio.wait_for((await self._connected()).end_offsets(places), 10)
            except (KafkaError, TimeoutError) as error:
                await self.close()
                raise Problem(503, "Kafka ne répond pas : réessayez dans un instant.") from error
        return {f"{place.topic}/{place.partition}": end for place, end in ends.items()}

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            servers = self._settings.kafka.bootstrap_servers
            self._consumer = AIOKafkaConsumer(bootstrap_servers=servers, request_timeout_ms=9000)
            await self._consumer.start()
        return self._consumer

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(consumer.stop(), 5)


def waiting_for(rooms: Sequence[RoomStatus], ends: dict[str, int], prefix: str = "") -> list[str]:
    """What is not done yet, in words. The rooms must have been read before the ends: what was published in between
    then shows as not heard."""
    found = []
    for room in rooms:
        if room.unpublished:
            found.append(f"{room.room}: {room.unpublished} events to publish")
        for topic in heard_by(room.room):
            lag = sum(_lag(room, ends, f"{prefix}{topic.name}/{n}") for n in range(topic.partitions))
            found += [f"{room.room}: {lag} records of {topic.name} to hear"] if lag else []
        found += [f"{room.room}: {count} {name}" for name, count in room.to_do.items() if count]
    return found


def _lag(room: RoomStatus, ends: dict[str, int], place: str) -> int:
    return max(0, ends.get(place, 0) - room.heard.get(place, 0))


@router.get("/api/v1/status", summary="Lire l’état de tous les services")
async def house_status(request: Request, _: Annotated[Viewer, Depends(admin_at("compliance"))]) -> HouseStatus:
    """How far all rooms are; at rest when `waiting_for` is empty."""
    known: dict[str, Room] = request.app.state.rooms
    rooms = [await room_status(room) for room in known.values()]
    ends: EndOffsets = request.app.state.end_offsets
    waiting = waiting_for(rooms, await ends.read(), settings_of(request).kafka.prefix)
    return HouseStatus(rooms=rooms, waiting_for=waiting, dead_letters=sum(room.dead_letters for room in rooms))


@router.get("/health", include_in_schema=False)
async def health() -> dict[str, str]:
    """Answers when the process serves."""
    return {"status": "ok"}
