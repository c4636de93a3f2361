"""How group totals move when lines come and go; a member's quarter is its line and needs no total."""

from collections.abc import Iterable
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.versions import Lines

NATIONAL_CODE = "FR"


class Group(NamedTuple):
    """A group's quarter, in the part of the totals that belongs to one partition."""

    partition: int
    form: str
    period: str
    level: str
    code: str


class Source(NamedTuple):
    """Whose lines count, and in which part of the totals."""

    partition: int
    form: str
    period: str
    platform: str


class Delta(NamedTuple):
    """By how much something moves."""

    lines: int
    figures: Figures


Placed = tuple[Source, Lines]
Deltas = dict[Group, Delta]
_Sums = dict[Group, list[int]]


def deltas(come: Iterable[Placed], gone: Iterable[Placed]) -> Deltas:
    """The moves, in a fixed order of groups, without those that come to nothing."""
    sums: _Sums = {}
    for source, lines in come:
        _add(sums, source, lines, 1)
    for source, lines in gone:
        _add(sums, source, lines, -1)
    return {
        group: Delta(lines, (m1, m2, m3))
        for group, (lines, m1, m2, m3) in sorted(sums.items())
        if lines or m1 or m2 or m3
    }


def _add(sums: _Sums, source: Source, lines: Lines, sign: int) -> None:
    """Each line is looked at once here; the groups then see sums only."""
    partition, form, period, platform = source
    by_region = _by_region(lines)
    for region, figures in by_region.items():
        moved = [sign * figure for figure in figures]
        _move(sums, Group(partition, form, period, "national", NATIONAL_CODE), moved)
        _move(sums, Group(partition, form, period, "platform", platform), moved)
        if region is not None:
            _move(sums, Group(partition, form, period, "region", region), moved)


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


def _move(sums: _Sums, group: Group, by: list[int]) -> None:
    if (known := sums.get(group)) is None:
        sums[group] = by.copy()
    else:
        for place in range(4):
            known[place] += by[place]
