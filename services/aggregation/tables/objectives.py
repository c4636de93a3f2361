"""Objectives, in versions: the newest of each counts from the day after it was set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from services.aggregation.domain.figures import major_units, minor_units
from services.aggregation.domain.objectives import Objective
from services.aggregation.domain.scope import Level
from shared import events
from shared.forms import FORMS
from shared.transaction import Transaction

_STANDING = """
SELECT measure, level, code, value FROM (
    SELECT DISTINCT ON (level, code, measure) level, code, measure, value FROM objective
    WHERE form = :form AND year = :year AND (CAST(:day AS date) IS NULL OR set_on < :day)
    ORDER BY level, code, measure, version DESC) AS last
WHERE value IS NOT NULL ORDER BY level, code, measure
"""
_ALL = "SELECT * FROM objective WHERE year = :year ORDER BY form, level, code, measure, version DESC"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('aggregation-objectives'))"
_ADD = """
INSERT INTO objective (form, measure, level, code, year, version, value, set_on, set_by)
VALUES (:form, :measure, :level, :code, :year, :version, :value, :set_on, :set_by)
"""


class About(NamedTuple):
    """What an objective is set for."""

    form: str
    measure: str
    level: Level
    code: str
    year: int

    @property
    def scale(self) -> int:
        return next(column.scale for column in FORMS[self.form].measures if column.name == self.measure)


@dataclass(frozen=True, slots=True)
class KeptObjective:
    """One version of an objective; without a value it was taken away."""

    about: About
    version: int
    value: int | None
    set_on: date
    set_by: str
    set_at: datetime


async def objectives_of(work: Transaction, form: str, year: int, before: date | None = None) -> list[Objective]:
    """Those that count now, or that had been set before a day."""
    rows = await work.execute(_STANDING, {"form": form, "year": year, "day": before})
    return [Objective(row.measure, row.level, row.code, row.value) for row in rows]


async def all_objectives(work: Transaction, year: int) -> list[KeptObjective]:
    """Every version of every objective of a year, the newest of each first."""
    return [_kept(row) for row in await work.execute(_ALL, {"year": year})]


def _kept(row: Any) -> KeptObjective:
    about = About(row.form, row.measure, row.level, row.code, row.year)
    return KeptObjective(about, row.version, row.value, row.set_on, row.set_by, row.set_at)


async def set_objectives(work: Transaction, wanted: Sequence[tuple[About, int | None]], day: date, set_by: str) -> int:
    """Keeps and says those that differ from what stands, in one event; returns how many."""
    await work.execute(_LOCK)
    known: dict[About, KeptObjective] = {}
    for year in {about.year for about, _ in wanted}:
        for one in await all_objectives(work, year):
            known.setdefault(one.about, one)
    said = []
    for about, value in wanted:
        last = known.get(about)
        if value == (last.value if last else None):
            continue
        version = last.version + 1 if last else 1
        await work.execute(
            _ADD, {**about._asdict(), "version": version, "value": value, "set_on": day, "set_by": set_by}
        )
        said.append(_said(about, version, value))
    if said:
        work.say(events.ObjectivesSet(day=day, set_by=set_by, objectives=tuple(said)))
    return len(said)


async def keep_said(work: Transaction, event: events.ObjectivesSet) -> None:
    """Objectives as they were said, where the room's own memory of them is lost."""
    for one in event.objectives:
        about = About(one.form, one.measure, one.by, one.code, one.year)
        value = None if one.value is None else minor_units([one.value], about.scale)[0]
        kept = {"version": one.version, "value": value, "set_on": event.day, "set_by": event.set_by}
        await work.execute(_ADD, {**about._asdict(), **kept})


def _said(about: About, version: int, value: int | None) -> events.Objective:
    return events.Objective(
        form=about.form,
        measure=about.measure,
        by=about.level,
        code=about.code,
        year=about.year,
        version=version,
        value=None if value is None else major_units(value, about.scale),
    )
