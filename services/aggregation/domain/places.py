"""The rows of a table: whose they are at each level, without names or layout."""

from collections.abc import Mapping
from typing import NamedTuple

from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.scope import Level
from services.aggregation.domain.year import StandingLine, Year
from services.aggregation.domain.ytd import Row, last_quarter, rows_at


class Place(NamedTuple):
    """A row of a table: a member, under its région or Plate-forme where the table is cut so."""

    group: str
    code: str


def _place(level: Level, line: StandingLine) -> Place:
    match level:
        case "member":
            return Place("", line.member)
        case "region":
            return Place(line.region or "", line.member)
        case "platform":
            return Place(line.platform, line.member)
    return Place("", NATIONAL_CODE)


def rows_of_level(level: Level, year: Year, quarter: int) -> Mapping[Place, Row]:
    """Quarter and cumul of each place; each quarter's figures stay where that quarter attached them."""
    figures = ((_place(level, line), line.quarter, line.figures) for line in year.lines if line.quarter <= quarter)
    return rows_at(figures, quarter, last_quarter(year.year, year.last_reported))
