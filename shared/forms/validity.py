"""Validity: for which periods, and for which days of sending, a column or a list of codes of a form holds."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.periods import Period


def _period(written: Any) -> Any:
    """YAML reads a year as a number."""
    return Period.parse(str(written)) if isinstance(written, str | int) else written


DescribedPeriod = Annotated[Period, BeforeValidator(_period)]


class Valid(BaseModel):
    """Both bounds of both are included; None = open. A file's period and its day of sending must both be covered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_period: DescribedPeriod | None = None
    to_period: DescribedPeriod | None = None
    sent_from: date | None = None
    sent_to: date | None = None

    @property
    def is_always(self) -> bool:
        return self == ALWAYS

    def covers(self, period: Period, sent: date) -> bool:
        first, last = self._days
        return first <= period.first_day and period.last_day <= last and self._sent[0] <= sent <= self._sent[1]

    def overlaps(self, other: "Valid") -> bool:
        return _meet(self._days, other._days) and _meet(self._sent, other._sent)

    @property
    def _days(self) -> tuple[date, date]:
        """Of the periods: a quarter and a year can be compared by them."""
        first = self.from_period.first_day if self.from_period else date.min
        return first, self.to_period.last_day if self.to_period else date.max

    @property
    def _sent(self) -> tuple[date, date]:
        return self.sent_from or date.min, self.sent_to or date.max


ALWAYS = Valid()


def _meet(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def any_overlap(spans: Sequence[Valid]) -> bool:
    return any(one.overlaps(other) for place, one in enumerate(spans) for other in spans[:place])
