"""The processes `serve`, `work` and `sftp`."""

import asyncio
import gc
import signal
from collections.abc import Sequence
from types import FrameType

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from services.cli.house import build_app, build_rooms, set_up_logging
from services.ingestion.app import build_sftp
from services.ingestion.settings import IngestionSettings, receipt_signer
from shared.settings import Settings
from shared.worker import work


def _need_keys(rooms: Sequence[str]) -> None:
    """Refuses to start ingestion without the key of its receipts, rather than at the first file."""
    if not rooms or "ingestion" in rooms:
        receipt_signer()


def serve_rooms(rooms: Sequence[str], host: str, port: int) -> None:
    _need_keys(rooms)
    settings = Settings()
    set_up_logging(settings.log_level)
    app = build_app(settings, rooms)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
    )
    _Server(config, app).run()


class _Server(uvicorn.Server):
    """Tells answers that would go on for long that the process is about to end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.is_stopping = True
        super().handle_exit(sig, frame)


def work_rooms(names: Sequence[str]) -> None:
    """One room per process in a cluster; all in one for a trial. Until SIGTERM or SIGINT."""
    _need_keys(names)
    settings = Settings()
    set_up_logging(settings.log_level)
    rooms = build_rooms(settings, names)

    async def all_rooms() -> None:
        stopping = _stopped_by_signal()
        await asyncio.gather(*(work(room, settings, stopping) for room in rooms.values()))

    _collect_seldom()
    uvloop.run(all_rooms())


def _collect_seldom() -> None:
    """What is loaded by now stays; a batch makes a hundred thousand objects, which half the time went to looking at."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def open_sftp(host: str | None, port: int | None) -> None:
    """The SFTP door, until SIGTERM or SIGINT; what is being judged then gets its verdict first."""
    settings = Settings()
    set_up_logging(settings.log_level)
    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    sftp = IngestionSettings().sftp.model_copy(update=asked)

    async def listen() -> None:
        stopping = _stopped_by_signal()
        door = build_sftp(settings, sftp)
        await door.database.check_durable()
        async with door.listening() as listened:
            structlog.get_logger().info("listening", host=sftp.host, port=listened)
            await stopping.wait()

    uvloop.run(listen())


def _stopped_by_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
