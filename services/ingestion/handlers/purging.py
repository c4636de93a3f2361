"""The rest of a day's purge: what the day's own transaction left, batch by batch, outside of it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.ingestion.settings import receipt_signer
from services.ingestion.tables.purging import purge
from shared.database import Database
from shared.hearing import is_transient
from shared.readings import current_day

log = structlog.get_logger()

_LOOK_SECONDS = 30.0


def purging(database: Database) -> Callable[[], Awaitable[None]]:
    """The loop; it never returns by itself."""

    async def purge_as_needed() -> None:
        while True:
            if not await _purge_patiently(database):
                await asyncio.sleep(_LOOK_SECONDS)

    return purge_as_needed


async def _purge_patiently(database: Database) -> bool:
    try:
        return await purge_again(database)
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("the purge waits for the database", cause=repr(error)[:200])
        return False


async def purge_again(database: Database) -> bool:
    """One more batch of the day that it is; whether there may be more."""
    async with database.transaction() as work:
        day = await current_day(work)
        return day is not None and await purge(work, day, receipt_signer())
