"""Which quarters have been due, and which of them are worth a first edition."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.forms import FORMS, Form
from shared.periods import Period

Quarter = tuple[Form, Period]
_A_YEAR = timedelta(days=366)


def quarters_due_before(day: date, first_period: Period) -> Iterator[Quarter]:
    """Every quarter since the first period whose due day is over, the oldest first."""
    period = first_period
    while period.last_day < day:
        for form in FORMS.values():
            if form.kind == "quarterly" and form.due(period) < day:
                yield form, period
        period = period.next()


def is_recent(quarter: Quarter, day: date) -> bool:
    """Due within the year before: issued even where nobody has reported it, for it says who is missing."""
    form, period = quarter
    return form.due(period) >= day - _A_YEAR


def quarter_key(quarter: Quarter) -> tuple[str, str]:
    """The codes by which a quarter is kept."""
    form, period = quarter
    return form.code, str(period)
