"""Periods reported on: a quarter (`2005-T1`) or a year (`2005`)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, total_ordering

_WRITTEN = re.compile(r"([12][0-9]{3})(?:-T([1-4]))?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A quarter, or a year where `quarter` is None."""

    year: int
    quarter: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Period":
        """`2005-T1` or `2005`; ValueError for anything else."""
        if not (found := _WRITTEN.fullmatch(text)):
            raise ValueError(f"not a period: {text!r}")
        year, quarter = found.groups()
        return cls(int(year), int(quarter) if quarter else None)

    @classmethod
    def quarter_of(cls, day: date) -> "Period":
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}-T{self.quarter}" if self.quarter else str(self.year)

    def __lt__(self, other: "Period") -> bool:
        return (self.last_day, self.first_day) < (other.last_day, other.first_day)

    @property
    def is_annual(self) -> bool:
        return self.quarter is None

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * (self.quarter - 1) + 1 if self.quarter else 1, 1)

    @property
    def last_day(self) -> date:
        return _last_day(self)

    def next(self) -> "Period":
        if self.quarter is None:
            return Period(self.year + 1)
        return Period(self.year + self.quarter // 4, self.quarter % 4 + 1)

    def previous(self) -> "Period":
        if self.quarter is None:
            return Period(self.year - 1)
        return Period(self.year - (self.quarter == 1), (self.quarter - 2) % 4 + 1)

    @property
    def title(self) -> str:
        """As a French reader writes it: «1er trimestre 2005», «année 2005»."""
        if self.quarter is None:
            return f"année {self.year}"
        return f"{self.quarter}{'er' if self.quarter == 1 else 'e'} trimestre {self.year}"


@lru_cache(10_000)
def _last_day(period: Period) -> date:
    return period.next().first_day - timedelta(days=1)


def periods_before(period: Period, many: int) -> list[Period]:
    """The newest first."""
    found: list[Period] = []
    while len(found) < many:
        period = period.previous()
        found.append(period)
    return found
