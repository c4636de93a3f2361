"""Reading lines: a form's year as it stands now, or as it stood when a day began; and the long table's figures."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.aggregation.domain.long_table import QuarterFigures
from services.aggregation.domain.year import StandingLine, Year
from shared.periods import Period
from shared.transaction import Transaction

_NOW = """
SELECT period, platform, member, department, region, m1, m2, m3, comment FROM line
WHERE form = :form AND period BETWEEN :first AND :last ORDER BY period, platform, member
"""
_THEN = """
WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (period, platform) period, platform, lines FROM version
    WHERE form = :form AND period BETWEEN :first AND :last AND received_on < :day
    ORDER BY period, platform, version DESC)
SELECT period, platform, l ->> 0 AS member, l ->> 2, l ->> 3,
       CAST(l ->> 4 AS bigint), CAST(l ->> 5 AS bigint), CAST(l ->> 6 AS bigint), l ->> 7
FROM chosen, json_array_elements(lines) AS l ORDER BY period, platform, member
"""
_LAST_NOW = "SELECT max(period) FROM standing WHERE form = :form AND json_array_length(lines) > 0"
_LAST_THEN = "SELECT max(period) FROM version WHERE form = :form AND received_on < :day"
_MEMBERS = """
SELECT form, period, 'member', member, CAST(sum(m1) AS bigint), CAST(sum(m2) AS bigint), CAST(sum(m3) AS bigint)
FROM line WHERE form = ANY(:forms) AND period BETWEEN :first AND :last GROUP BY form, period, member
"""
_PLATFORMS = """
SELECT form, period, 'platform', platform, CAST(sum(m1) AS bigint), CAST(sum(m2) AS bigint), CAST(sum(m3) AS bigint)
FROM line WHERE form = ANY(:forms) AND period BETWEEN :first AND :last GROUP BY form, period, platform
"""
_GROUPS = """
SELECT form, period, level, code, CAST(sum(m1) AS bigint), CAST(sum(m2) AS bigint), CAST(sum(m3) AS bigint)
FROM group_total WHERE form = ANY(:forms) AND period BETWEEN :first AND :last
GROUP BY form, period, level, code HAVING sum(lines) <> 0
"""


def _bounds(year: int) -> dict[str, Any]:
    return {"first": f"{year}-T1", "last": f"{year}-T4"}


async def read_year(work: Transaction, form: str, year: int, before: date | None = None) -> Year:
    """With `before`, only what was received before that day, in the versions that stood then."""
    then: dict[str, Any] = {"day": before} if before else {}
    rows = await work.execute(_THEN if before else _NOW, {"form": form, **_bounds(year), **then})
    lines = tuple(_standing_line(row) for row in rows)
    return Year(year, lines, await _last_reported(work, form, before))


def _standing_line(row: Any) -> StandingLine:
    period, platform, member, department, region, m1, m2, m3, comment = row
    return StandingLine(int(period[-1]), platform, member, department, region, (m1, m2, m3), comment)


async def _last_reported(work: Transaction, form: str, before: date | None = None) -> Period | None:
    then: dict[str, Any] = {"day": before} if before else {}
    period = (await work.execute(_LAST_THEN if before else _LAST_NOW, {"form": form, **then})).scalar_one()
    return Period.parse(period) if period else None


async def last_reported_periods(work: Transaction, forms: Iterable[str]) -> dict[str, Period]:
    """By form, the last quarter for which anybody has a line."""
    found = {form: await _last_reported(work, form) for form in forms}
    return {form: period for form, period in found.items() if period is not None}


async def reported_quarters(work: Transaction, before: date) -> set[tuple[str, str]]:
    """Form and period of all that had been received before that day."""
    query = "SELECT DISTINCT form, period FROM version WHERE received_on < :day"
    return {(row.form, row.period) for row in await work.execute(query, {"day": before})}


async def long_figures(work: Transaction, forms: Iterable[str], year: int) -> list[QuarterFigures]:
    """Every member's and every group's figures of the year."""
    values = {"forms": list(forms), **_bounds(year)}
    found = [row for query in (_MEMBERS, _PLATFORMS, _GROUPS) for row in await work.execute(query, values)]
    return [QuarterFigures(row[0], row[1], row[2], row[3], row[4:7]) for row in map(_plain, found)]


def _plain(row: Any) -> tuple[Any, ...]:
    return tuple(row)
