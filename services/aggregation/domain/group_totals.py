"""How group totals move when lines come and go; a member's or a Plate-forme's quarter is its lines and needs none."""

from collections.abc import Iterable
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.versions import Key, Lines

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


Placed = tuple[Key, Lines]
Deltas = dict[Group, Delta]
_Sums = dict[Group, list[int]]


def deltas(come: Iterable[Placed], gone: Iterable[Placed]) -> Deltas:
    """The moves, in a fixed order of groups, without those that come to nothing."""
    sums: _Sums = {}
    for key, lines in come:
        _add(sums, key, lines, 1)
    for key, lines in gone:
        _add(sums, key, lines, -1)
    return {
        group: Delta(lines, (m1, m2, m3))
        for group, (lines, m1, m2, m3) in sorted(sums.items())
        if lines or m1 or m2 or m3
    }


def _add(sums: _Sums, key: Key, lines: Lines, sign: int) -> None:
    """Each line is looked at once here; the groups then see sums only."""
    form, period, _ = key
    for region, figures in _by_region(lines).items():
        _move(sums, Group(form, period, "national", NATIONAL_CODE), figures, sign)
        if region is not None:
            _move(sums, Group(form, period, "region", region), figures, sign)


def _by_region(lines: Lines) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    for _, _, _, region, m1, m2, m3, _ in lines:
        if (known := found.get(region)) is None:
            found[region] = [1, m1, m2, m3]
        else:
            known[0] += 1
            known[1] += m1
            known[2] += m2
            known[3] += m3
    return found


def _move(sums: _Sums, group: Group, by: list[int], sign: int) -> None:
    known = sums.setdefault(group, [0, 0, 0, 0])
    for place in range(4):
        known[place] += sign * by[place]
