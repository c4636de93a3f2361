"""How much of what was expected is in a total, and between which bounds it lies while some of it is missing.

Expected is every member with a line or without one that its Plate-forme owes. A missing member counts, in the bounds,
for the least and for the most that it ever reported in a quarter of its own past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import NamedTuple

from services.aggregation.domain.figures import NOTHING, Figures, added
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.missing import MissingLine
from services.aggregation.domain.scope import Level, Scope
from services.aggregation.domain.year import StandingLine, Year
from shared.network import Network
from shared.periods import Period, periods_before
from shared.regions import NoRegionOnThatDay, region_on

# Quarters of its own past that bound what a missing member may report: two years.
PAST_QUARTERS = 8


class Arrival(NamedTuple):
    """When a Plate-forme's first submission was received, and whether the standing one waits for an explanation.

    extended_due: the due day that UESL has given it instead of the form's own.
    """

    first_on: date
    to_confirm: bool
    extended_due: date | None = None

    def is_late(self, due: date) -> bool:
        """due: the form's own due day."""
        return self.first_on > (self.extended_due or due)


class Bounds(NamedTuple):
    """The least and the most that a total can come to."""

    least: Figures
    most: Figures


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one group: Plates-formes and members expected and received; bounds: None where nothing is missing.

    without_past: missing members that never reported; nothing bounds what they may bring.
    """

    group: str
    platforms: int
    received_platforms: int
    late_platforms: int
    to_confirm: int
    members: int
    received_members: int
    bounds: Bounds | None = None
    without_past: int = 0

    @property
    def missing_platforms(self) -> int:
        return self.platforms - self.received_platforms

    @property
    def missing_members(self) -> int:
        return self.members - self.received_members


class _Expected(NamedTuple):
    group: str
    platform: str
    member: str
    is_missing: bool
    figures: Figures


Past = Mapping[str, Sequence[Figures]]


def coverage_of(
    scope: Scope,
    network: Network,
    year: Year,
    missing: Sequence[MissingLine],
    arrivals: Mapping[str, Arrival],
    past: Past,
) -> list[Coverage]:
    """By group of the table's level, in the order of their codes, the nation last; of the nation alone elsewhere."""
    expected = list(_expected(scope, network, year, missing))
    due = scope.form.due(scope.period)
    found = []
    if scope.level in ("region", "platform"):
        for group in sorted({one.group for one in expected}):
            found.append(_coverage(group, [one for one in expected if one.group == group], arrivals, due, past))
    return [*found, _coverage(NATIONAL_CODE, expected, arrivals, due, past)]


def _expected(scope: Scope, network: Network, year: Year, missing: Iterable[MissingLine]) -> Iterable[_Expected]:
    for line in year.of_quarter(scope.period.quarter):
        group = line.platform if scope.level == "platform" else line.region or ""
        yield _Expected(group, line.platform, line.member, False, line.figures)
    for gap in missing:
        group = gap.platform if scope.level == "platform" else _region(network, gap.member, scope.period.last_day)
        yield _Expected(group, gap.platform, gap.member, True, NOTHING)


def _region(network: Network, code: str, day: date) -> str:
    member = network.member(code)
    try:
        return region_on(member.department_on(day), day).code if member else ""
    except NoRegionOnThatDay:
        return ""


def _coverage(
    group: str, expected: Sequence[_Expected], arrivals: Mapping[str, Arrival], due: date, past: Past
) -> Coverage:
    platforms = {one.platform for one in expected}
    arrived = [arrivals[code] for code in platforms if code in arrivals]
    members = {one.member for one in expected}
    missing = sorted({one.member for one in expected if one.is_missing})
    return Coverage(
        group=group,
        platforms=len(platforms),
        received_platforms=len(arrived),
        late_platforms=sum(arrival.is_late(due) for arrival in arrived),
        to_confirm=sum(arrival.to_confirm for arrival in arrived),
        members=len(members),
        received_members=len(members) - len(missing),
        bounds=_bounds(expected, missing, past) if missing else None,
        without_past=sum(not past.get(member) for member in missing),
    )


def _bounds(expected: Iterable[_Expected], missing: Iterable[str], past: Past) -> Bounds:
    total = reduce(added, (one.figures for one in expected), NOTHING)
    least = most = total
    for member in missing:
        if of_member := past.get(member):
            measures = list(zip(*of_member, strict=True))
            least = added(least, _three(min(of) for of in measures))
            most = added(most, _three(max(of) for of in measures))
    return Bounds(least, most)


def _three(values: Iterable[int]) -> Figures:
    m1, m2, m3 = values
    return (m1, m2, m3)


def past_of(years: Iterable[Year], period: Period) -> dict[str, list[Figures]]:
    """Each member's quarters before the period, up to two years back; of several lines of a quarter, their sum."""
    first = periods_before(period, PAST_QUARTERS)[-1]
    found: dict[tuple[str, Period], Figures] = {}
    for year in years:
        for line in year.lines:
            quarter = Period(year.year, line.quarter)
            if first <= quarter < period:
                found[line.member, quarter] = added(found.get((line.member, quarter), NOTHING), line.figures)
    past: dict[str, list[Figures]] = {}
    for (member, _), figures in found.items():
        past.setdefault(member, []).append(figures)
    return past


def years_of_past(period: Period) -> range:
    """The years that hold the past and the period itself."""
    return range(periods_before(period, PAST_QUARTERS)[-1].year, period.year + 1)


def arrived(lines: Iterable[StandingLine]) -> set[str]:
    """The Plates-formes that have a line."""
    return {line.platform for line in lines}


GROUPED: tuple[Level, ...] = ("region", "platform")
