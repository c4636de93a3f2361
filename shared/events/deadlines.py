"""What compliance says on `calendar` and `deadlines`."""

from datetime import date

from pydantic import Field

from shared import topics
from shared.events.base import Event, Said


class DayBegan(Event):
    """It is now that day in Paris."""

    topic = topics.CALENDAR

    day: date

    @property
    def key(self) -> str:
        return self.day.isoformat()


class _Deadline(Event):
    topic = topics.DEADLINES

    platform: str
    form: str
    period: str
    due: date

    @property
    def key(self) -> str:
        return self.platform


class DeadlineApproaching(_Deadline):
    """Nothing has been accepted yet and the due day is near; said on each day of the ladder up to the due day."""

    day: date
    days_left: int


class DeadlineMissed(_Deadline):
    """The due day has passed without an accepted submission; said once, the day after."""

    day: date


class DeadlineMet(_Deadline):
    """A first submission was accepted, on time or late; said once."""

    first_accepted: date
    late: bool


class DeadlineExtended(_Deadline):
    """UESL has moved a platform's due day; `due` is the one that holds now, which may be the form's own again."""

    ordinary_due: date
    reason: str
    decided_on: date | None = None
    version: int = Field(ge=1, description="of all such decisions; an older one never overwrites a newer one")


class _PeriodSettled(Event):
    topic = topics.DEADLINES

    platform: str = Field(description="empty = every platform of which nothing newer is said")
    form: str
    period: str
    reason: str
    version: int = Field(ge=1, description="of all closings and reopenings; an older one never overwrites a newer one")

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.form}/{self.period}"


class PeriodClosed(_PeriodSettled):
    """From that day on nothing more is received for the period."""

    closed_from: date


class PeriodReopened(_PeriodSettled):
    """The period receives again, until a day included, or until it is closed again."""

    until: date | None


class OwedForm(Said):
    """A form still owed, and the step of the ladder reached (days from the due day)."""

    form: str
    period: str
    due: date
    step: int
    level: int = Field(default=1, ge=1, le=3, description="1 = whoever reports, 2 = insisted, 3 = the management too")


class ReminderDue(Event):
    """What a platform must be reminded of that day, unless it arrived before the day began."""

    topic = topics.DEADLINES

    day: date
    platform: str
    owed: tuple[OwedForm, ...]

    @property
    def key(self) -> str:
        return self.platform


class LateSubmission(Said):
    """A platform that is late with a form."""

    platform: str
    form: str
    period: str
    due: date


class LateListed(Event):
    """Everything that is late that day, for UESL's digest; said when the list has moved or a reminder goes out."""

    topic = topics.DEADLINES

    day: date
    late: tuple[LateSubmission, ...]

    @property
    def key(self) -> str:
        return self.day.isoformat()
