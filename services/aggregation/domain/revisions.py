"""The revision triangle: what each quarter was at its deadline, 30 days later and now, by Plate-forme."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from services.aggregation.domain.figures import NOTHING, Figures, added
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.synthesis_document import evolution
from shared.forms import Form
from shared.periods import Period

AFTER = timedelta(days=30)


class FiledTotal(NamedTuple):
    """What one version of a Plate-forme's quarter comes to."""

    period: Period
    platform: str
    version: int
    received_on: date
    figures: Figures


class Moved(NamedTuple):
    """From a figure to a later one; the rate is None from nothing."""

    difference: int
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A quarter of a Plate-forme, or of all: None where nothing had been received, or the day is still to come."""

    period: Period
    platform: str
    at_deadline: Figures | None
    after_30_days: Figures | None
    now: Figures | None
    versions: int
    due: date
    is_due: bool
    is_after: bool

    @property
    def is_total(self) -> bool:
        return self.platform == NATIONAL_CODE


@dataclass(frozen=True, slots=True)
class Expected:
    """Which Plates-formes owe each quarter, and the due days that UESL has given instead of the form's own."""

    owing: Mapping[Period, Collection[str]] = field(default_factory=dict)
    extended: Mapping[tuple[str, str], date] = field(default_factory=dict)


def moved(before: Figures | None, after: Figures | None, place: int) -> Moved:
    """Nothing received counts as zero."""
    was, came = (before or NOTHING)[place], (after or NOTHING)[place]
    return Moved(came - was, evolution(came, was))


def quarters(form: Form, year: int, today: date) -> list[tuple[Period, date]]:
    """The quarters of the year that are over, each with its deadline."""
    periods = (Period(year, quarter) for quarter in (1, 2, 3, 4))
    return [(period, form.due(period)) for period in periods if period.last_day < today]


def revisions_of(
    form: Form, year: int, filed: Iterable[FiledTotal], today: date, expected: Expected | None = None
) -> Iterator[Revision]:
    """By quarter, the Plates-formes that owe it or have sent it in the order of their codes, then all together."""
    expected = expected or Expected()
    by_quarter: dict[Period, dict[str, list[FiledTotal]]] = {}
    for one in sorted(filed):
        by_quarter.setdefault(one.period, {}).setdefault(one.platform, []).append(one)
    for period, due in quarters(form, year, today):
        known = by_quarter.get(period, {})
        found = [
            _revision(
                period, platform, known.get(platform, ()), expected.extended.get((str(period), platform), due), today
            )
            for platform in sorted({*known, *expected.owing.get(period, ())})
        ]
        yield from found
        if found:
            yield _total(period, found, due)


def _revision(period: Period, platform: str, versions: Sequence[FiledTotal], due: date, today: date) -> Revision:
    """What came on a day counts for that day: a deadline runs to its end."""
    is_due, is_after = today > due, today > due + AFTER
    at_deadline = _standing(versions, due) if is_due else None
    after = _standing(versions, due + AFTER) if is_after else None
    now = _standing(versions, date.max)
    return Revision(period, platform, at_deadline, after, now, len(versions), due, is_due, is_after)


def _standing(versions: Sequence[FiledTotal], day: date) -> Figures | None:
    """The newest version of those received up to that day."""
    return next((one.figures for one in reversed(versions) if one.received_on <= day), None)


def _total(period: Period, found: Sequence[Revision], due: date) -> Revision:
    """Each at its own due day; those to come make the total's to come."""
    columns = ([one.at_deadline for one in found], [one.after_30_days for one in found], [one.now for one in found])
    at_deadline, after, now = map(_sum, columns)
    versions = sum(one.versions for one in found)
    is_due, is_after = all(one.is_due for one in found), all(one.is_after for one in found)
    points = (at_deadline if is_due else None, after if is_after else None, now)
    return Revision(period, NATIONAL_CODE, *points, versions, due, is_due, is_after)


def _sum(figures: Iterable[Figures | None]) -> Figures | None:
    known = [one for one in figures if one is not None]
    total = NOTHING
    for one in known:
        total = added(total, one)
    return total if known else None


def by_period(revisions: Iterable[Revision]) -> Mapping[Period, list[Revision]]:
    found: dict[Period, list[Revision]] = {}
    for one in revisions:
        found.setdefault(one.period, []).append(one)
    return found
