"""A form's lines of one year, as they stand."""

from dataclasses import dataclass
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from shared.periods import Period


class StandingLine(NamedTuple):
    """A member's line of one quarter, with what it is attached to and what its Plate-forme says of it."""

    quarter: int
    platform: str
    member: str
    department: str
    region: str | None
    figures: Figures
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A form's lines of one year; `last_reported` is over all years."""

    year: int
    lines: tuple[StandingLine, ...]
    last_reported: Period | None

    def of_quarter(self, quarter: int | None) -> list[StandingLine]:
        return [line for line in self.lines if line.quarter == quarter]
