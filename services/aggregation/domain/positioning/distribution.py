"""Where a value stands among those of a group: quartiles, and a rank that is an interval while figures are missing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

# What is left out at each end of a distribution where its user asks for it.
TRIMMED = Fraction(5, 100)
_NOTHING = Fraction(0)


class Contender(NamedTuple):
    """Somebody who is ranked: a value between `low` and `high`, which are equal where all of it has been received.

    Without `high` nobody knows how much it will be. Who may yet turn out to have no value is not `certain`.
    """

    code: str
    low: Fraction
    high: Fraction | None
    certain: bool = True


def exactly(code: str, value: Fraction) -> Contender:
    return Contender(code, value, value)


def anywhere(code: str, *, certain: bool) -> Contender:
    """Nothing has been received of it: its value may be any, or even none."""
    return Contender(code, _NOTHING, None, certain)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Of `size` values, of which `left_out` were not looked at, as many at each end."""

    size: int
    left_out: int
    first: Fraction
    median: Fraction
    third: Fraction


class Rank(NamedTuple):
    """From the highest; equals share the best place. `least` to `most` are ranked once all figures are here."""

    best: int
    worst: int
    least: int
    most: int

    @property
    def is_certain(self) -> bool:
        return self.best == self.worst and self.least == self.most


def quartiles(values: Iterable[Fraction], *, trimmed: bool = False) -> Quartiles | None:
    """By linear interpolation between the closest ranks (p(n − 1), as in spreadsheets' inclusive quartiles)."""
    ordered = sorted(values)
    if not ordered:
        return None
    cut = int(len(ordered) * TRIMMED) if trimmed else 0
    kept = ordered[cut : len(ordered) - cut]
    first, median, third = (_quantile(kept, Fraction(quarter, 4)) for quarter in (1, 2, 3))
    return Quartiles(len(ordered), 2 * cut, first, median, third)


def median(values: Iterable[Fraction]) -> Fraction | None:
    found = quartiles(values)
    return found.median if found else None


def _quantile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


class Field:
    """All who are ranked together, sorted once."""

    def __init__(self, contenders: Iterable[Contender]) -> None:
        self._all = {contender.code: contender for contender in contenders}
        self._lows = sorted(one.low for one in self._all.values())
        self._highs = sorted(one.high for one in self._all.values() if one.high is not None)
        self._certain = sum(one.certain for one in self._all.values())
        self.is_settled = len(self._highs) == len(self._all)

    def rank(self, code: str) -> Rank | None:
        """None of who has no value, or may turn out to have none.

        At best, only those are above who are so whatever is still to come; at worst, all who may come to be.
        """
        own = self._all.get(code)
        if own is None or not own.certain:
            return None
        best = 1 if own.high is None else 1 + len(self._lows) - bisect_right(self._lows, own.high)
        maybe_above = len(self._all) - bisect_right(self._highs, own.low)
        itself = own.high is None or own.high > own.low
        return Rank(best, 1 + maybe_above - itself, self._certain, len(self._all))


def thirds(sizes: Sequence[tuple[str, int]]) -> dict[str, int]:
    """0, 1 or 2 of each code: in the first third are those to whom fewer than a third are strictly smaller.

    In the second, those to whom fewer than two thirds are: equals are always in the same.
    """
    ordered = sorted(size for _, size in sizes)
    return {code: 3 * bisect_left(ordered, size) // len(ordered) for code, size in sizes}
