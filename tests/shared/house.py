"""A house without Kafka: its rooms on a real database, one web application, and events carried by hand."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.cli.house import BUILDERS, build_pages
from services.compliance.tables.calendar import say_days_until
from services.compliance.tables.credentials import issue_member_token, issue_token
from services.compliance.tables.registry import record_registry
from shared.events import EVENTS, Event
from shared.hearing import Hearing
from shared.room import Room
from shared.settings import Settings
from shared.web import build_web
from shared.wire import headers_of
from tests.shared.admin import admin_headers
from tests.shared.networks import small_network
from tests.shared.records import Raw

GOLDEN = Path(__file__).parents[1] / "golden"
ADDRESS = "http://127.0.0.1:8000"

_WAITING = "SELECT position, id, topic, key, type, body FROM outbox WHERE published_at IS NULL ORDER BY position"
_CARRIED = "UPDATE outbox SET published_at = now() WHERE position <= :last AND published_at IS NULL"


_pages = cache(build_pages)


@cache
def golden_document(name: str = "network-2005") -> Any:
    return json.loads((GOLDEN / name / "network.json").read_text(encoding="utf-8"))


@dataclass
class House:
    """The rooms that a test needs, and its ways of acting on them."""

    settings: Settings
    rooms: dict[str, Room]
    app: FastAPI
    http: httpx.AsyncClient
    admin: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    def of(self, platform: str) -> dict[str, str]:
        """Headers of a platform or a member that has a token."""
        return {"Authorization": f"Bearer {self.tokens[platform]}"}

    async def rows(self, room: str, query: str, **values: Any) -> list[Any]:
        async with self.rooms[room].database.transaction() as work:
            return list(await work.execute(query, values))

    async def said(self, room: str, kind: str = "") -> list[Event]:
        """All that the room has said, or all of one type."""
        rows = await self.rows(room, "SELECT type, body FROM outbox ORDER BY position")
        return [EVENTS[row.type].model_validate_json(row.body) for row in rows if kind in ("", row.type)]

    async def put_registry(self, document: Any = None) -> tuple[int, int]:
        async with self.rooms["compliance"].database.transaction() as work:
            return await record_registry(
                work, document or small_network(), by="admin", at=datetime(2005, 1, 1, tzinfo=UTC)
            )

    async def issue(self, *platforms: str) -> None:
        async with self.rooms["compliance"].database.transaction() as work:
            for platform in platforms:
                _, self.tokens[platform] = await issue_token(work, platform, f"{platform} par essai")

    async def issue_to_members(self, *members: str) -> None:
        async with self.rooms["compliance"].database.transaction() as work:
            for member in members:
                _, self.tokens[member] = await issue_member_token(work, member, f"{member} par essai")

    async def begin(self, day: date) -> None:
        async with self.rooms["compliance"].database.transaction() as work:
            await say_days_until(work, day)

    async def carry(self) -> None:
        """Carries what was said to whoever of these rooms hears it, until nobody says anything more."""
        while await asyncio.gather(*(self._carry_from(room) for room in self.rooms.values())) != [0] * len(self.rooms):
            pass

    async def _carry_from(self, room: Room) -> int:
        async with room.database.transaction() as work:
            waiting = list(await work.execute(_WAITING))
            if waiting:
                await work.execute(_CARRIED, {"last": waiting[-1].position})
        records = [_record(row, room.name) for row in waiting if row.type in EVENTS]
        for reader in self.rooms.values():
            heard = [record for record, kind in records if reader.name in kind.topic.readers]
            if heard:
                hearing = Hearing(reader)
                await hearing.hear(heard)
                await hearing.work_days()
                assert await self.rows(reader.name, "SELECT cause FROM dead_letter") == []
        return len(waiting)


def _record(row: Any, room: str) -> tuple[Raw, type[Event]]:
    kind = EVENTS[row.type]
    partition = zlib.crc32(row.key.encode()) % kind.topic.partitions
    headers = headers_of(row.id, row.type, room, "2005-01-01T00:00:00+00:00")
    return Raw(row.topic, partition, row.position, row.body.encode(), headers, row.key.encode()), kind


@asynccontextmanager
async def open_house(settings: Settings, rooms: Sequence[str] = ("compliance", "ingestion")) -> AsyncIterator[House]:
    built = {name: BUILDERS[name](settings) for name in rooms}
    app = build_web(built, settings, _pages())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    admin = await admin_headers(settings, *(room.database for room in built.values()))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        yield House(settings, built, app, http, admin)
    for room in built.values():
        await room.database.close()
