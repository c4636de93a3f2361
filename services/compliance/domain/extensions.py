"""Until when a form can be sent on time: its due day, or the day to which UESL has extended it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from shared.forms import Form
from shared.periods import Period

EVERY_PLATFORM = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """A decision of UESL about one platform, or every one (""); `until` None takes an earlier one back.

    `decided_on`: the day in Paris. The day's work of that day no longer counts it, that of the next does.
    """

    platform: str
    form: str
    period: str
    until: date | None
    decided_on: date


@dataclass(frozen=True, slots=True)
class DueDays:
    """The due days with all that was decided about them; of several decisions the last stands, for one or for all."""

    decided: Mapping[tuple[str, str, str], tuple[int, date | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, extensions: Iterable[Extension], before: date | None = None) -> Self:
        """In the order in which they were decided; `before`: only those decided before that day began."""
        known = [one for one in extensions if before is None or one.decided_on < before]
        return cls({(one.platform, one.form, one.period): (n, one.until) for n, one in enumerate(known)})

    def due(self, platform: str, form: Form, period: Period) -> date:
        """Never before the form's own due day."""
        ordinary = form.due(period)
        if not self.decided:
            return ordinary
        about = form.code, str(period)
        found = [self.decided.get((whose, *about)) for whose in (platform, EVERY_PLATFORM)]
        last = max((one for one in found if one), key=lambda one: one[0], default=None)
        return max(ordinary, last[1]) if last and last[1] else ordinary
