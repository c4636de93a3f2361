"""Reporting and punctuality: how much of what was due has come, and how much of it in time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.compliance.domain.standing import Standing
from shared.forms import FORMS

Dimension = Literal["platform", "member", "service", "form", "period", "year"]
DIMENSIONS: tuple[Dimension, ...] = ("platform", "member", "service", "form", "period", "year")


Dimensions = Sequence[tuple[Dimension, str]]
Codes = tuple[str, ...]
# What a form that is counted whole has instead of its members' lines.
_WHOLE: Codes = ("",)


@dataclass(frozen=True, slots=True)
class Item:
    """A form of a platform for a period: whose lines were due (or the form itself, `_WHOLE`), and which have come."""

    platform: str
    form: str
    period: str
    due: Codes
    received: Codes
    on_time: Codes
    complete: Codes

    @property
    def counted(self) -> tuple[Codes, Codes, Codes, Codes]:
        return self.due, self.received, self.on_time, self.complete

    def values(self, dimension: Dimension) -> Codes:
        """A form that is about both services counts for each."""
        if dimension == "service":
            return FORMS[self.form].services
        if dimension == "year":
            return (self.period[:4],)
        return self.due if dimension == "member" else (str(getattr(self, dimension)),)

    def only(self, member: str) -> "Item":
        """That member's line alone."""
        counted = (tuple(code for code in codes if code == member) for codes in self.counted)
        return Item(self.platform, self.form, self.period, *counted)


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
        if not by_member:
            received = _WHOLE if one.arrived is not None else ()
            yield _item(one, day, _WHOLE, received, () if one.is_complete is False else received)
        elif (missing := one.missing_members) is not None:
            expected = one.expected or ()
            there = tuple(code for code in expected if code not in missing) if missing else expected
            yield _item(one, day, expected, there, there)


def _item(one: Standing, day: date, due: Codes, received: Codes, complete: Codes) -> Item:
    is_on_time = one.obligation.state_on(day) == "on_time"
    return Item(*one.obligation.owed, due, received, received if is_on_time else (), complete)


def fitting(items: Iterable[Item], wanted: Dimensions) -> list[Item]:
    """Those that fit all that is wanted; of a member that is wanted, its line alone."""
    kept = [item for item in items if all(value in item.values(dimension) for dimension, value in wanted)]
    for member in (value for dimension, value in wanted if dimension == "member"):
        kept = [item.only(member) for item in kept]
    return kept


def rates(items: Iterable[Item], by: Dimension, wanted: Dimensions = ()) -> list[Rate]:
    """One per value of the dimension, in order, of items that fit all that is wanted."""
    counts = _by_member(items) if by == "member" else _by_form(items, by, wanted)
    due, *others = counts
    return [Rate(key, due[key], *(count[key] for count in others)) for key in sorted(due)]


def _by_member(items: Iterable[Item]) -> list[Counter[str]]:
    counts: list[Counter[str]] = [Counter() for _ in range(4)]
    for item in items:
        for count, codes in zip(counts, item.counted, strict=True):
            count.update(codes)
    return counts


def _by_form(items: Iterable[Item], by: Dimension, wanted: Dimensions) -> list[Counter[str]]:
    """A form about both services counts for each, or for the one that is wanted."""
    counts: list[Counter[str]] = [Counter() for _ in range(4)]
    asked = {value for dimension, value in wanted if dimension == by == "service"}
    for item in items:
        keys = [key for key in item.values(by) if not asked or key in asked] if item.due else []
        for key in keys:
            for count, codes in zip(counts, item.counted, strict=True):
                count[key] += len(codes)
    return counts


def overall(items: Sequence[Item]) -> Rate:
    """Each item once."""
    return Rate("", *(sum(len(item.counted[place]) for item in items) for place in range(4)))
