"""What each platform owes, by when, and how it stands on a day (exchange format, Forms and A replay)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.compliance.domain.extensions import DueDays
from services.compliance.domain.ladders import ALWAYS_USUAL, USUAL, Ladders
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period

NOT_EXTENDED = DueDays()
State = Literal["on_time", "late", "missing", "pending"]
Owed = tuple[str, str, str]

# Days from the due day on which a platform that still owes is reminded, where UESL has set no other.
LADDER = tuple(USUAL.steps)


@dataclass(frozen=True, slots=True)
class Obligation:
    """A form owed by a platform for a period; `first_accepted` is the day in Paris of the first accepted submission."""

    platform: str
    form: str
    period: str
    due: date
    first_accepted: date | None

    @property
    def owed(self) -> Owed:
        return self.platform, self.form, self.period

    @property
    def fields(self) -> dict[str, Any]:
        """What events say of it."""
        return {"platform": self.platform, "form": self.form, "period": self.period, "due": self.due}

    def state_on(self, day: date) -> State:
        """`pending` up to and on the due day, as long as nothing was accepted."""
        if self.first_accepted is not None and self.first_accepted <= day:
            return "on_time" if self.first_accepted <= self.due else "late"
        return "pending" if day <= self.due else "missing"

    def is_owed_on(self, day: date) -> bool:
        """Nothing had been accepted before that day began."""
        return self.first_accepted is None or self.first_accepted >= day

    def step_on(self, day: date) -> int:
        return (day - self.due).days


def ended_periods(form: Form, first_period: str, day: date) -> Iterator[Period]:
    """The form's periods from the first one on whose last day is before `day`."""
    first = Period.parse(first_period)
    period = Period(first.year) if form.kind == "annual" else first
    while period.last_day < day:
        yield period
        period = period.next()


def obligations_on(
    network: Network,
    arrivals: Mapping[Owed, date],
    day: date,
    due_days: DueDays = NOT_EXTENDED,
    year: int | None = None,
) -> list[Obligation]:
    """Everything owed on that day: an obligation exists from the day after its period's end. `year`: of that alone."""
    return [
        Obligation(
            platform.code,
            form.code,
            written,
            due_days.due(platform.code, form, period),
            arrivals.get((platform.code, form.code, written)),
        )
        for form in FORMS.values()
        for period in ended_periods(form, network.first_period, day)
        if year in (None, period.year)
        for written in (str(period),)
        for platform in network.platforms
        if network.owes(platform.code, form, period)
    ]


@dataclass(frozen=True, slots=True)
class DayOfDeadlines:
    """What compliance has to say on a day."""

    approaching: Sequence[Obligation]
    missed: Sequence[Obligation]
    to_remind: Mapping[str, Sequence[Obligation]]
    late: Sequence[Obligation]


def judge_day(obligations: Sequence[Obligation], day: date, ladders: Ladders = ALWAYS_USUAL) -> DayOfDeadlines:
    """Counts only what was accepted before the day began; `late` is empty on a day that brings nothing new to UESL."""
    owed = [obligation for obligation in obligations if obligation.is_owed_on(day)]
    stepped = [obligation for obligation in owed if ladders.level(obligation.due, obligation.step_on(day))]
    missed = [obligation for obligation in owed if obligation.step_on(day) == 1]
    to_remind: dict[str, list[Obligation]] = {}
    for obligation in stepped:
        to_remind.setdefault(obligation.platform, []).append(obligation)
    is_news = bool(missed) or any(obligation.step_on(day) > 0 for obligation in stepped)
    return DayOfDeadlines(
        approaching=[obligation for obligation in stepped if obligation.step_on(day) <= 0],
        missed=missed,
        to_remind=to_remind,
        late=[obligation for obligation in owed if obligation.step_on(day) > 0] if is_news else [],
    )
