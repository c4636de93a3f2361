"""Hearing submissions: what has arrived, and on which day first."""

from collections.abc import Sequence

from services.compliance.domain.extensions import DueDays
from services.compliance.tables.arrivals import keep_arrival, keep_explained
from services.compliance.tables.audits.activity import note_activity
from services.compliance.tables.extensions import due_days
from shared.events import DeadlineMet, SubmissionAccepted, SubmissionRejected, WarningsExplained
from shared.forms import FORMS
from shared.periods import Period
from shared.reception import count_received
from shared.room import Heard
from shared.transaction import Transaction


async def note_arrivals(work: Transaction, heard: Sequence[Heard[SubmissionAccepted | SubmissionRejected]]) -> None:
    """Counts what was received and notes first arrivals, in a fixed order of rows."""
    await count_received(work, [(item.event, item.partition) for item in heard])
    accepted = [item.event for item in heard if isinstance(item.event, SubmissionAccepted)]
    if accepted:
        days = await due_days(work)
        for event in sorted(accepted, key=lambda event: (event.key, event.version)):
            await _note_arrival(work, event, days)
            await note_activity(work, event)


async def _note_arrival(work: Transaction, event: SubmissionAccepted, days: DueDays) -> None:
    is_first = await keep_arrival(work, event) == 1
    if is_first and (form := FORMS.get(event.form)):
        due = days.due(event.platform, form, Period.parse(event.period))
        work.say(
            DeadlineMet(
                platform=event.platform,
                form=event.form,
                period=event.period,
                due=due,
                first_accepted=event.received_on,
                late=event.received_on > due,
            )
        )


async def note_explained(work: Transaction, event: WarningsExplained) -> None:
    """Whether the standing version still waits for an explanation."""
    await keep_explained(work, event)
