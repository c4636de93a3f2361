"""What PostgreSQL notifies on a channel, heard by one connection and passed on to all who wait for it in a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import structlog

from shared.database import Database

log = structlog.get_logger()

_AGAIN_SECONDS = 1.0
_KEPT = 100


class Listening:
    """A channel's payloads since each subscriber came. An empty one says that some may have been missed."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel
        self._subscribers: set[asyncio.Queue[str]] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def subscribers(self) -> int:
        return len(self._subscribers)

    @asynccontextmanager
    async def subscription(self) -> AsyncIterator[asyncio.Queue[str]]:
        """The connection is opened for the first subscriber and closed after the last."""
        queue: asyncio.Queue[str] = asyncio.Queue(_KEPT)
        self._subscribers.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            yield queue
        finally:
            self._subscribers.discard(queue)
            if not self._subscribers and self._task:
                self._task.cancel()
                self._task = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_while_connected()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                log.warning("listening again", channel=self._channel, cause=type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen_while_connected(self) -> None:
        dsn = self._database.url.replace("postgresql+asyncpg://", "postgresql://")
        connection = await asyncpg.connect(dsn, server_settings=self._database.server_settings, timeout=20)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda *_: ended.set())
        try:
            await connection.add_listener(self._channel, self._pass_on)
            self._tell("")
            await ended.wait()
        finally:
            with suppress(TimeoutError, asyncpg.InterfaceError, OSError):
                await connection.close(timeout=2)

    def _pass_on(self, *said: Any) -> None:
        self._tell(str(said[-1]))

    def _tell(self, payload: str) -> None:
        for queue in self._subscribers:
            if queue.full():  # a reader that does not keep up learns that much
                queue.get_nowait()
            queue.put_nowait(payload)
