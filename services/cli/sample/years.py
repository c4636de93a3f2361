"""The years a sample covers, and days within them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from shared.periods import Period


@dataclass(frozen=True)
class Years:
    """Whole years from January of the first to December of the last."""

    first: int
    count: int

    @property
    def last(self) -> int:
        return self.first + self.count - 1

    @property
    def opening(self) -> str:
        """Since when the network has worked: well before the first period reported."""
        return date(self.first - 2, 9, 1).isoformat()

    @property
    def first_day(self) -> date:
        return date(self.first, 1, 1)

    @property
    def closing(self) -> date:
        """The last day on which anything is sent."""
        return date(self.last + 1, 3, 20)

    def quarters(self) -> Iterator[Period]:
        return (Period(year, quarter) for year in range(self.first, self.last + 1) for quarter in (1, 2, 3, 4))

    def day_within_a_quarter(self, draw: Random) -> date:
        """Neither the first nor the last month of a quarter: what changes then is judged on the last day."""
        return date(draw.randint(self.first, self.last), draw.choice((2, 5, 8, 11)), draw.randint(3, 26))
