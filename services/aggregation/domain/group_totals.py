"""How group totals move when lines come and go; a member's or a Plate-forme's quarter is its lines and needs none."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.versions import Key, Sums

NATIONAL_CODE = "FR"


class Group(NamedTuple):
    """A région's, or the nation's, quarter."""

    form: str
    period: str
    level: str
    code: str


class Delta(NamedTuple):
    """By how much something moves."""

    lines: int
    figures: Figures


Placed = tuple[Key, Sums]
Deltas = dict[Group, Delta]
_Moves = dict[Group, list[int]]


def deltas(come: Iterable[Placed], gone: Iterable[Placed]) -> Deltas:
    """The moves, in a fixed order of groups, without those that come to nothing."""
    moves: _Moves = {}
    for (form, period, region), by in _by_quarter(come, gone).items():
        _move(moves, Group(form, period, "national", NATIONAL_CODE), by)
        if region is not None:
            _move(moves, Group(form, period, "region", region), by)
    return {
        group: Delta(lines, (m1, m2, m3))
        for group, (lines, m1, m2, m3) in sorted(moves.items())
        if lines or m1 or m2 or m3
    }


def _by_quarter(come: Iterable[Placed], gone: Iterable[Placed]) -> dict[tuple[str, str, str | None], list[int]]:
    """By form, period and région: thousands of submissions are a few hundred of these."""
    found: defaultdict[tuple[str, str, str | None], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for placed, sign in ((come, 1), (gone, -1)):
        for (form, period, _), sums in placed:
            for region, (lines, m1, m2, m3) in sums.items():
                known = found[form, period, region]
                known[0] += sign * lines
                known[1] += sign * m1
                known[2] += sign * m2
                known[3] += sign * m3
    return found


def _move(moves: _Moves, group: Group, by: list[int]) -> None:
    known = moves.setdefault(group, [0, 0, 0, 0])
    for place in range(4):
        known[place] += by[place]
