"""What ingestion does when it hears: one function per event."""

from services.ingestion.settings import receipt_signer
from services.ingestion.tables.purging import purge
from services.ingestion.tables.reception import close_days_before
from shared.events import DayBegan
from shared.readings import begin_day
from shared.transaction import Transaction


async def begin_day_and_purge(work: Transaction, event: DayBegan) -> None:
    """A day has begun: the days before it receive nothing more, and what has had its time is destroyed."""
    await begin_day(work, event)
    await close_days_before(work, event.day)
    await purge(work, event.day, receipt_signer())
