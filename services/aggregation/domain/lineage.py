"""Why a figure is what it is: the cell, the lines that make it, and what of a line whoever asks may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from services.aggregation.domain.content import Content
from services.aggregation.domain.figures import NOTHING, Figures, added
from services.aggregation.domain.places import Place
from services.aggregation.domain.scope import Level, Scope
from services.aggregation.domain.ytd import Row, last_quarter, rows_of_year
from shared.forms import Column
from shared.periods import Period

Span = Literal["quarter", "ytd"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed figure: its table, whose it is, its measure, and whether of the quarter or since 1 January.

    `member` names a member's own row under the région or Plate-forme that `code` names.
    """

    scope: Scope
    code: str
    measure: Column
    span: Span
    member: str | None = None

    @property
    def measure_place(self) -> int:
        return self.scope.form.measures.index(self.measure)

    @property
    def first_period(self) -> Period:
        """That of the first lines in it."""
        period = self.scope.period
        return period if self.span == "quarter" else Period(period.year, 1)

    def of(self, figures: Figures) -> int:
        return figures[self.measure_place]

    def of_row(self, row: Row) -> int:
        return self.of(row.quarter if self.span == "quarter" else row.ytd)


class FiledLine(NamedTuple):
    """A line as filed; `replaced_on` where its version no longer stood when looked at."""

    period: str
    platform: str
    member: str
    department: str
    region: str | None
    figures: Figures
    line: int
    version: int
    submission: UUID
    received_on: date
    replaced_on: date | None


class Reader(NamedTuple):
    """Who asks: one that reads all, a Plate-forme that reads what it filed, a member what was filed in its name.

    To all others a line is what the tables say of its member: no submission, no version, nothing that was replaced.
    """

    reads_all: bool = False
    platform: str | None = None
    member: str | None = None

    def may_read(self, line: FiledLine) -> bool:
        return self.reads_all or line.platform == self.platform or line.member == self.member


class QuarterSum(NamedTuple):
    """How many lines a quarter of the cell has, and what they come to."""

    lines: int
    figures: Figures


QuarterSums = Mapping[Period, QuarterSum]


def summed(quarters: QuarterSums) -> QuarterSum:
    lines, figures = 0, NOTHING
    for quarter in quarters.values():
        lines, figures = lines + quarter.lines, added(figures, quarter.figures)
    return QuarterSum(lines, figures)


def printed_row(quarters: Mapping[int, Figures], period: Period, last_reported: Period | None) -> Row | None:
    """The row as a table that stands now prints it; None where it has none."""
    return rows_of_year(quarters, last_quarter(period.year, last_reported)).get(period.quarter or 4)


def issued_row(content: Content, level: Level, cell: Cell) -> Row | None:
    """The row as an edition of that level printed it; None where it has none."""
    found = [row for place, row in content.rows.items() if _is_in(cell, level, place)]
    return _added(found) if found else None


def _is_in(cell: Cell, level: Level, place: Place) -> bool:
    by = cell.scope.level
    if by == "national":
        return True
    if by != level:
        return False
    return place.code == cell.code if by == "member" else place.group == cell.code and cell.member in (None, place.code)


def _added(rows: Iterable[Row]) -> Row:
    total = Row(NOTHING, NOTHING)
    for row in rows:
        total = Row(added(total.quarter, row.quarter), added(total.ytd, row.ytd))
    return total
