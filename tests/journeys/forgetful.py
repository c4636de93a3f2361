"""The worker of a room that forgets what it has heard: the broken build that the kill test must convict."""

import asyncio
import sys

from services.cli.house import build_rooms
from shared.settings import Settings
from shared.worker import work


async def work_without_inbox(name: str) -> None:
    settings = Settings()
    room = build_rooms(settings, [name])[name]
    await work(room, settings, asyncio.Event(), use_inbox=False)


if __name__ == "__main__":
    asyncio.run(work_without_inbox(sys.argv[1]))
