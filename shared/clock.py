"""The time of day in Paris, injected wherever a rule depends on it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def paris_day(moment: datetime) -> date:
    """The day in Paris at that moment; deadlines run until 23:59:59 there."""
    return moment.astimezone(PARIS).date()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PARIS)


def midnight(day: date) -> datetime:
    """The moment at which the day begins in Paris."""
    return datetime.combine(day, time(0), PARIS)
