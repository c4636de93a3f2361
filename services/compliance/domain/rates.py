"""Reporting and punctuality: how much of what was due has come, and how much of it in time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.compliance.domain.standing import Standing
from shared.forms import FORMS
from shared.periods import Period

Dimension = Literal["platform", "member", "service", "form", "period", "year"]
DIMENSIONS: tuple[Dimension, ...] = ("platform", "member", "service", "form", "period", "year")


@dataclass(frozen=True, slots=True)
class Item:
    """Something due: a form of a platform for a period, or the line of a member in it (`member` not empty)."""

    platform: str
    form: str
    period: str
    member: str
    received: bool
    on_time: bool
    complete: bool

    def values(self, dimension: Dimension) -> tuple[str, ...]:
        """A form that is about both services counts for each."""
        if dimension == "service":
            return FORMS[self.form].services
        if dimension == "year":
            return (str(Period.parse(self.period).year),)
        return (str(getattr(self, dimension)),)


@dataclass(frozen=True, slots=True)
class Rate:
    """Counts of what was due; shares are of `due`, None where nothing was."""

    key: str
    due: int
    received: int
    on_time: int
    complete: int

    @property
    def reporting(self) -> float | None:
        return self.received / self.due if self.due else None

    @property
    def punctuality(self) -> float | None:
        return self.on_time / self.due if self.due else None


def items_due(standings: Iterable[Standing], day: date, *, by_member: bool) -> Iterator[Item]:
    """What was due before that day; `by_member`: each expected member's line, of the forms that have one per member."""
    for one in standings:
        if one.obligation.due >= day:
            continue
        on_time = one.obligation.state_on(day) == "on_time"
        platform, form, period = one.obligation.owed
        if not by_member:
            received = one.arrived is not None
            yield Item(platform, form, period, "", received, on_time, bool(received and one.is_complete is not False))
        elif one.missing_members is not None:
            missing = set(one.missing_members)
            for member in one.expected or ():
                there = member not in missing
                yield Item(platform, form, period, member, there, there and on_time, there)


def rates(items: Iterable[Item], by: Dimension, wanted: Sequence[tuple[Dimension, str]] = ()) -> list[Rate]:
    """One per value of the dimension, in order, of the items that fit all that is wanted."""
    counts: dict[str, list[int]] = {}
    for item in items:
        if not all(value in item.values(dimension) for dimension, value in wanted):
            continue
        for key in item.values(by):
            if by == "service" and any(d == "service" and value != key for d, value in wanted):
                continue
            count = counts.setdefault(key, [0, 0, 0, 0])
            for n, counted in enumerate((True, item.received, item.on_time, item.complete)):
                count[n] += counted
    return [Rate(key, *count) for key, count in sorted(counts.items())]


def overall(items: Iterable[Item], wanted: Sequence[tuple[Dimension, str]] = ()) -> Rate:
    """All that fits, each item once."""
    kept = [item for item in items if all(value in item.values(dimension) for dimension, value in wanted)]
    return Rate(
        "",
        len(kept),
        sum(item.received for item in kept),
        sum(item.on_time for item in kept),
        sum(item.complete for item in kept),
    )
