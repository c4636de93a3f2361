"""The clock of the house: in production, days are said as they begin in Paris."""

import asyncio

import structlog

from services.compliance.tables.calendar import DayHasPassed, say_days_until
from shared.clock import Clock, paris_day
from shared.database import Database

log = structlog.get_logger()

_LOOK_SECONDS = 20


async def keep_calendar(database: Database, clock: Clock) -> None:
    """In production: says each day as it begins in Paris, and those missed while nobody was there."""
    while True:
        try:
            async with database.transaction() as work:
                await say_days_until(work, paris_day(clock()))
        except DayHasPassed as error:  # the clock was set back: the calendar waits for it
            log.warning("clock behind the calendar", cause=str(error))
        await asyncio.sleep(_LOOK_SECONDS)
