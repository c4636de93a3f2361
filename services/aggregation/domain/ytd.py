"""Quarter and cumul since 1 January, and from when to when somebody has a row (exchange format, «What counts»)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from services.aggregation.domain.figures import NOTHING, Figures, added
from shared.periods import Period

K = TypeVar("K")
Quarters = Mapping[int, Figures]


class Row(NamedTuple):
    """What somebody has in a quarter, and since 1 January."""

    quarter: Figures
    ytd: Figures


def last_quarter(year: int, last_reported: Period | None) -> int:
    """The year's last quarter with rows: up to the last one for which anybody has a line, 0 where there is none."""
    if last_reported is None or last_reported.year < year:
        return 0
    return 4 if last_reported.year > year else last_reported.quarter or 4


def rows_of_year(quarters: Quarters, last: int) -> dict[int, Row]:
    """From the first quarter with a line to the last reported by anybody, zero where nothing came."""
    rows: dict[int, Row] = {}
    ytd = NOTHING
    for quarter in range(min(quarters, default=5), last + 1):
        figures = quarters.get(quarter, NOTHING)
        ytd = added(ytd, figures)
        rows[quarter] = Row(figures, ytd)
    return rows


def by_quarter(figures: Iterable[tuple[K, int, Figures]]) -> dict[K, dict[int, Figures]]:
    """Sums what falls on the same quarter of the same key."""
    found: dict[K, dict[int, Figures]] = {}
    for key, quarter, values in figures:
        quarters = found.setdefault(key, {})
        quarters[quarter] = added(quarters.get(quarter, NOTHING), values)
    return found


def rows_at(figures: Iterable[tuple[K, int, Figures]], quarter: int, last: int) -> dict[K, Row]:
    """Each key's row of one quarter, where it has one."""
    rows = {key: rows_of_year(quarters, last).get(quarter) for key, quarters in by_quarter(figures).items()}
    return {key: row for key, row in rows.items() if row is not None}
