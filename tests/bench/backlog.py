"""What fills the topic of the fold: first versions, corrections, repetitions, some before what they correct."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple
from uuid import UUID

from shared.clock import noon
from shared.events import SubmissionAccepted, SubmittedLine
from shared.forms import FORMS
from shared.periods import Period
from shared.regions import DEPARTMENTS

CORRECTED, REPEATED, OUT_OF_ORDER = 0.10, 0.02, 0.01
LINES = 20
_FORMS = ("assistance-trimestriel", "mobilite-trimestriel")
_PERIODS = tuple(str(Period(year, quarter)) for year in range(2006, 2010) for quarter in (1, 2, 3, 4))
# Mayotte had no région then.
_DEPARTMENTS = sorted(DEPARTMENTS - {"976"})


class Subject(NamedTuple):
    """What a submission is about."""

    form: str
    period: str
    platform: int


class Planned(NamedTuple):
    """One version of it; its lines follow from it alone."""

    about: Subject
    version: int
    identity: UUID


class PlannedLine(NamedTuple):
    """Figures in minor units."""

    member: str
    department: str
    figures: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Backlog:
    """The records in their order, and how many of them are events of their own (a repetition is not)."""

    records: Sequence[Planned]
    distinct: int


def plan_backlog(size: int) -> Backlog:
    """Of `size` records; the same each time."""
    draw = Random("backlog")
    repeated, corrected = int(size * REPEATED), int(size * CORRECTED)
    abouts = _subjects(size - repeated - corrected)
    placed = [(draw.random(), _planned(about, 1, draw)) for about in abouts]
    for number, at in enumerate(draw.sample(range(len(abouts)), corrected)):
        moment, first = placed[at]
        is_early = number < size * OUT_OF_ORDER
        when = draw.uniform(0, moment) if is_early else draw.uniform(moment, 1)
        placed.append((when, _planned(first.about, 2, draw)))
    distinct = len(placed)
    placed += [(draw.uniform(moment, 1), planned) for moment, planned in draw.sample(placed, repeated)]
    return Backlog([planned for _, planned in sorted(placed)], distinct)


def _subjects(count: int) -> list[Subject]:
    """Platforms as many as it takes."""
    per_platform = len(_FORMS) * len(_PERIODS)
    platforms = range(1, count // per_platform + 2)
    return [Subject(form, period, code) for code in platforms for period in _PERIODS for form in _FORMS][:count]


def _planned(about: Subject, version: int, draw: Random) -> Planned:
    return Planned(about, version, UUID(int=draw.getrandbits(128), version=4))


def lines_of(planned: Planned) -> Iterator[PlannedLine]:
    """The members are the platform's, in départements of one neighbourhood; the figures are the version's."""
    draw, platform = Random(planned.identity.int), planned.about.platform
    for number in range(LINES):
        department = _DEPARTMENTS[(platform * 3 + number // 5) % len(_DEPARTMENTS)]
        figures = (draw.randrange(500), draw.randrange(300), draw.randrange(10_000))
        yield PlannedLine(f"CIL-{platform:03}-{number:02}", department, figures)


def platform_code(about: Subject) -> str:
    return f"PF{about.platform:03}"


def event_of(planned: Planned) -> SubmissionAccepted:
    """As ingestion would say it."""
    about = planned.about
    day = Period.parse(about.period).last_day + timedelta(days=5 + 10 * planned.version)
    measures = _measures(about.form)
    return SubmissionAccepted(
        submission=planned.identity,
        platform=platform_code(about),
        form=about.form,
        period=about.period,
        received_at=noon(day),
        received_on=day,
        door="http",
        file_name=f"{about.form}_{platform_code(about)}_{about.period}.csv",
        sha256=f"{planned.identity.int:064x}",
        version=planned.version,
        lines=tuple(
            SubmittedLine(
                line=number,
                member=line.member,
                department=line.department,
                values={
                    name: Decimal(value).scaleb(-scale)
                    for (name, scale), value in zip(measures, line.figures, strict=True)
                },
            )
            for number, line in enumerate(lines_of(planned), start=2)
        ),
    )


@cache
def _measures(form: str) -> list[tuple[str, int]]:
    return [(column.name, column.scale) for column in FORMS[form].measures]
