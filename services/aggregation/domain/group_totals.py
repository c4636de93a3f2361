"""How group totals move when lines come and go; a member's quarter is its line and needs no total."""

from collections.abc import Iterable
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.versions import Counted

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


Placed = tuple[Source, Counted]
Deltas = dict[Group, Delta]
_Sums = dict[Group, list[int]]


def deltas(come: Iterable[Placed], gone: Iterable[Placed]) -> Deltas:
    """The moves, in a fixed order of groups, without those that come to nothing."""
    sums: _Sums = {}
    for source, counted in come:
        _add(sums, source, counted, 1)
    for source, counted in gone:
        _add(sums, source, counted, -1)
    return {
        group: Delta(lines, (m1, m2, m3))
        for group, (lines, m1, m2, m3) in sorted(sums.items())
        if lines or m1 or m2 or m3
    }


def _add(sums: _Sums, source: Source, counted: Counted, sign: int) -> None:
    partition, form, period, platform = source
    if not counted.m1:
        return
    whole = (sign * len(counted.m1), sign * sum(counted.m1), sign * sum(counted.m2), sign * sum(counted.m3))
    _move(sums, Group(partition, form, period, "national", NATIONAL_CODE), whole)
    _move(sums, Group(partition, form, period, "platform", platform), whole)
    for region, figures in _by_region(counted).items():
        moved = (sign * figures[0], sign * figures[1], sign * figures[2], sign * figures[3])
        _move(sums, Group(partition, form, period, "region", region), moved)


def _by_region(counted: Counted) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for region, one, two, three in zip(*counted, strict=True):
        if region is None:
            continue
        if (known := found.get(region)) is None:
            found[region] = [1, one, two, three]
        else:
            known[0] += 1
            known[1] += one
            known[2] += two
            known[3] += three
    return found


def _move(sums: _Sums, group: Group, by: tuple[int, int, int, int]) -> None:
    if (known := sums.get(group)) is None:
        sums[group] = list(by)
    else:
        for place in range(4):
            known[place] += by[place]
