"""How group totals move when lines come and go; a member's quarter is its line and needs no total."""

from collections.abc import Iterable
from typing import NamedTuple

from services.aggregation.domain.figures import NOTHING, Figures, added, subtracted

NATIONAL_CODE = "FR"


class Group(NamedTuple):
    """A group's quarter, in the part of the totals that belongs to one partition."""

    partition: int
    form: str
    period: str
    level: str
    code: str


class Source(NamedTuple):
    """Where lines count that count in the same groups."""

    partition: int
    form: str
    period: str
    platform: str
    region: str | None


class Delta(NamedTuple):
    """By how much something moves."""

    lines: int
    figures: Figures


Placed = tuple[Source, Figures]
Deltas = dict[Group, Delta]
_UNMOVED = Delta(0, NOTHING)


def groups_of(source: Source) -> Iterable[Group]:
    partition, form, period, platform, region = source
    yield Group(partition, form, period, "national", NATIONAL_CODE)
    yield Group(partition, form, period, "platform", platform)
    if region is not None:
        yield Group(partition, form, period, "region", region)


def deltas(come: Iterable[Placed], gone: Iterable[Placed]) -> Deltas:
    """The moves, in a fixed order of groups, without those that come to nothing."""
    moved: dict[Group, Delta] = {}
    for source, (lines, figures) in _by_source(come, gone).items():
        for group in groups_of(source):
            known = moved.get(group, _UNMOVED)
            moved[group] = Delta(known.lines + lines, added(known.figures, figures))
    return {group: moved[group] for group in sorted(moved) if moved[group] != _UNMOVED}


def _by_source(come: Iterable[Placed], gone: Iterable[Placed]) -> dict[Source, Delta]:
    """Each line is looked at once here; the groups then see sums only."""
    sums: dict[Source, Delta] = {}
    for source, figures in come:
        lines, known = sums.get(source, _UNMOVED)
        sums[source] = Delta(lines + 1, added(known, figures))
    for source, figures in gone:
        lines, known = sums.get(source, _UNMOVED)
        sums[source] = Delta(lines - 1, subtracted(known, figures))
    return sums
