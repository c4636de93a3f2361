"""Saying what day it is; nobody else does."""

from datetime import date, timedelta

from shared.events import DayBegan
from shared.readings import begin_day, current_day
from shared.transaction import Transaction

MOST_DAYS = 3660
_FIRST_YEAR, _LAST_YEAR = 1900, 2998


class DayHasPassed(ValueError):
    """The calendar does not go back."""


class DayTooFar(ValueError):
    """So many days are never said at once; nor can the calendar leave the centuries that periods are written in."""


async def say_days_until(work: Transaction, day: date) -> list[date]:
    """Says every day after the last one said, up to `day`, each under its own date; returns them."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-days'))")
    last = await current_day(work)
    if last is not None and day < last:
        raise DayHasPassed(f"{day} is before {last}")
    first = day if last is None else last + timedelta(days=1)
    if (day - first).days > MOST_DAYS or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise DayTooFar(f"{day} is too far")
    days = [first + timedelta(days=n) for n in range((day - first).days + 1)]
    for new_day in days:
        event = DayBegan(day=new_day)
        await begin_day(work, event)
        work.say(event)
    return days
