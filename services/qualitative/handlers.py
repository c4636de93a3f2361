"""What qualitative does when it hears: one function per event."""

from services.qualitative.domain import last_case_year_over
from services.qualitative.tables import destroy_cases, keep_part, let_whole_stand
from shared.events import CasesReported, DayBegan
from shared.readings import begin_day
from shared.transaction import Transaction


async def gather_cases(work: Transaction, event: CasesReported) -> None:
    """Parts come in any order; a submission's cases stand once all of them are there, never by halves."""
    await keep_part(work, event)
    await let_whole_stand(work, event)


async def begin_day_and_destroy_cases(work: Transaction, event: DayBegan) -> None:
    """A day has begun: cases whose time is over go, by 31 December of the year after theirs."""
    await begin_day(work, event)
    await destroy_cases(work, event.day, last_case_year_over(event.day))
