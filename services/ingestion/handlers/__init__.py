"""What ingestion does when it hears: one function per event."""

from services.ingestion.tables.reception import close_days_before
from shared.events import DayBegan
from shared.readings import begin_day
from shared.transaction import Transaction


async def close_reception_of_past_days(work: Transaction, event: DayBegan) -> None:
    """A day has begun: the days before it receive nothing more."""
    await begin_day(work, event)
    await close_days_before(work, event.day)
