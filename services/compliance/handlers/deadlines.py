"""What a new day brings: deadlines that come near, are missed, and what platforms are reminded of."""

from datetime import date

from services.compliance.domain.ladders import Ladders
from services.compliance.domain.obligations import DayOfDeadlines, Obligation, judge_day, obligations_on
from services.compliance.tables.arrivals import known_arrivals
from services.compliance.tables.extensions import due_days
from services.compliance.tables.ladders import known_ladders
from services.compliance.tables.settling import say_closings
from shared.events import (
    DeadlineApproaching,
    DeadlineMissed,
    LateListed,
    LateSubmission,
    OwedForm,
    ReminderDue,
)
from shared.readings import NoRegistry, read_network
from shared.transaction import Transaction


async def say_deadlines(work: Transaction, day: date) -> None:
    """The day's work: who nears a deadline, has missed one, is to be reminded."""
    try:
        network = await read_network(work)
    except NoRegistry:
        return  # nobody owes anything before the first registry
    await say_closings(work, network, day)
    # As decided when the day began: worked late, a day says what it would have said in time.
    days = await due_days(work, before=day)
    ladders = await known_ladders(work, before=day)
    said = judge_day(obligations_on(network, await known_arrivals(work), day, days), day, ladders)
    for obligation in said.approaching:
        work.say(DeadlineApproaching(**obligation.fields, day=day, days_left=-obligation.step_on(day)))
    for obligation in said.missed:
        work.say(DeadlineMissed(**obligation.fields, day=day))
    _say_reminders(work, said, day, ladders)


def _say_reminders(work: Transaction, said: DayOfDeadlines, day: date, ladders: Ladders) -> None:
    for platform, obligations in sorted(said.to_remind.items()):
        owed = tuple(_owed(obligation, day, ladders) for obligation in obligations)
        work.say(ReminderDue(day=day, platform=platform, owed=owed))
    if said.late:
        late = tuple(LateSubmission(**obligation.fields) for obligation in said.late)
        work.say(LateListed(day=day, late=late))


def _owed(obligation: Obligation, day: date, ladders: Ladders) -> OwedForm:
    step, due = obligation.step_on(day), obligation.due
    level = ladders.level(due, step) or 1
    return OwedForm(form=obligation.form, period=obligation.period, due=due, step=step, level=level)
