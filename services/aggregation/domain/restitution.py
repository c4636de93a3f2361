"""What a table of a form's quarter holds, by level: figures and who is missing, without names or layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.year import Row, last_quarter, rows_at
from shared.forms import FORMS, Form
from shared.periods import Period

By = Literal["member", "region", "platform", "national"]
LEVELS: tuple[By, ...] = get_args(By)


class StandingLine(NamedTuple):
    """A member's line of one quarter, with what it is attached to."""

    quarter: int
    platform: str
    member: str
    department: str
    region: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Year:
    """A form's lines of one year; `last_reported` is over all years."""

    year: int
    lines: tuple[StandingLine, ...]
    last_reported: Period | None

    def of_quarter(self, quarter: int | None) -> list[StandingLine]:
        return [line for line in self.lines if line.quarter == quarter]


class Place(NamedTuple):
    """A row of a table: a member, under its région or Plate-forme where the table is cut so."""

    group: str
    code: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which table."""

    form: Form
    period: Period
    by: By


def _place(by: By, line: StandingLine) -> Place:
    match by:
        case "member":
            return Place("", line.member)
        case "region":
            return Place(line.region or "", line.member)
        case "platform":
            return Place(line.platform, line.member)
    return Place("", NATIONAL_CODE)


def rows_by(by: By, year: Year, quarter: int) -> Mapping[Place, Row]:
    """Quarter and cumul of each place; each quarter's figures stay where that quarter attached them."""
    figures = ((_place(by, line), line.quarter, line.figures) for line in year.lines if line.quarter <= quarter)
    return rows_at(figures, quarter, last_quarter(year.year, year.last_reported))


def quarters_due_before(day: date) -> Iterator[tuple[Form, Period]]:
    """The forms and quarters whose due day was the day before."""
    for form in FORMS.values():
        last_day = day - timedelta(days=form.due_days + 1)
        period = Period.quarter_of(last_day)
        if form.kind == "quarterly" and period.last_day == last_day:
            yield form, period
