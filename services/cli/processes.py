"""The processes `serve` and `work`."""

import asyncio
import os
from collections.abc import Sequence

import uvicorn
import uvloop

from services.cli.house import build_app, build_rooms, set_up_logging
from shared.settings import Settings
from shared.worker import work

# Set only by the kill test, to prove that it convicts a build that forgets what it has heard.
BROKEN_INBOX = "PILOTAGE_BROKEN_INBOX"


def serve_rooms(rooms: Sequence[str], host: str, port: int) -> None:
    settings = Settings()
    set_up_logging(settings.log_level)
    uvicorn.run(
        build_app(settings, rooms),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
    )


def work_rooms(names: Sequence[str]) -> None:
    """One room per process in a cluster; all in one for a trial."""
    settings = Settings()
    set_up_logging(settings.log_level)
    rooms = build_rooms(settings, names)
    use_inbox = BROKEN_INBOX not in os.environ

    async def all_rooms() -> None:
        await asyncio.gather(*(work(room, settings, use_inbox=use_inbox) for room in rooms.values()))

    uvloop.run(all_rooms())
