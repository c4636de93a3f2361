"""Moves: by how much a new version of a quarterly form would move the tables, from the two versions alone.

A quarter's figures belong to the member, to the région of its département at the quarter's end, to the platform that
sends them and to the whole; a cumul is the sum of quarters so attached, so it moves by as much from that quarter on.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from services.ingestion.domain.filed import Filed
from shared.forms import Form
from shared.periods import Period
from shared.regions import NoRegionOnThatDay, UnknownDepartment, region_on

Level = Literal["member", "region", "platform", "national"]
LEVELS: tuple[Level, ...] = ("member", "region", "platform", "national")
NATIONAL_CODE = "FR"
_LAST_QUARTER = 4


class Place(NamedTuple):
    """A row of the tables."""

    level: Level
    code: str


@dataclass(frozen=True, slots=True)
class Move:
    """By how much a measure of a row moves in one quarter's tables: in the quarter, and since 1 January."""

    period: str
    level: Level
    code: str
    measure: str
    quarter: Decimal
    ytd: Decimal


Deltas = Mapping[Place, Mapping[str, Decimal]]


def deltas(form: Form, period: Period, platform: str, before: Iterable[Filed], after: Iterable[Filed]) -> Deltas:
    """Of the quarter itself, without what comes to nothing."""
    found: dict[Place, dict[str, Decimal]] = {}
    for sign, side in ((-1, before), (1, after)):
        for member, department, figures in _reported(form, side):
            for place in _places(member, department, platform, period.last_day):
                sums = found.setdefault(place, {})
                for measure, value in figures.items():
                    sums[measure] = sums.get(measure, Decimal(0)) + sign * value
    order = {level: rank for rank, level in enumerate(LEVELS)}
    moved = {place: {name: value for name, value in sums.items() if value} for place, sums in found.items()}
    return {
        place: moved[place] for place in sorted(moved, key=lambda one: (order[one.level], one.code)) if moved[place]
    }


def _reported(form: Form, side: Iterable[Filed]) -> Iterator[tuple[str, str, dict[str, Decimal]]]:
    """Member, département and figures of each line."""
    departments = [column.name for column in form.columns if column.type == "department"]
    for filed in side:
        at = {name: place for place, name in enumerate(filed.columns, start=1)}
        measures = [(column.name, at[column.name]) for column in form.measures if column.name in at]
        department_at = next((at[name] for name in departments if name in at), None)
        for row in filed.rows:
            figures = {name: Decimal(row[place] or 0) for name, place in measures}
            yield filed.member, "" if department_at is None else row[department_at] or "", figures


def _places(member: str, department: str, platform: str, day: date) -> Iterator[Place]:
    yield Place("member", member)
    with suppress(NoRegionOnThatDay, UnknownDepartment):  # it then counts in no région
        yield Place("region", region_on(department, day).code)
    yield Place("platform", platform)
    yield Place("national", NATIONAL_CODE)


def moves(found: Deltas, period: Period, last: Period) -> list[Move]:
    """In the tables of the quarter and of each later one of the year, down to the last that anybody has reported."""
    quarters = quarters_moved(period, last)
    return [
        Move(str(one), place.level, place.code, measure, delta if one == period else Decimal(0), delta)
        for one in quarters
        for place, measures in found.items()
        for measure, delta in measures.items()
    ]


def quarters_moved(period: Period, last: Period) -> list[Period]:
    """The quarter itself first; `last` is not before it."""
    assert period.quarter
    assert last.quarter
    end = _LAST_QUARTER if last.year > period.year else last.quarter
    return [Period(period.year, quarter) for quarter in range(period.quarter, end + 1)]
