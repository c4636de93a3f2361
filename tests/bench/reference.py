"""A plain model of what the totals must be after the backlog, and its comparison with what PostgreSQL holds."""

from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg

from shared.periods import Period
from shared.regions import region_on
from tests.bench.backlog import Planned, Subject, lines_of, platform_code

Row = tuple[Any, ...]

_LINES = "SELECT form, period, platform, member, version, department, region, m1, m2, m3 FROM aggregation.line"
_TOTALS = """
SELECT form, period, level, code, sum(lines)::bigint, sum(m1)::bigint, sum(m2)::bigint, sum(m3)::bigint
FROM aggregation.group_total GROUP BY form, period, level, code HAVING sum(lines) <> 0
"""
_OVERTAKEN = """
SELECT form, period, platform, version FROM aggregation.version
EXCEPT SELECT form, period, platform, version FROM aggregation.standing
"""


async def differences(connection: "asyncpg.Connection[asyncpg.Record]", records: Iterable[Planned]) -> list[str]:
    """What is not as the model says: lines, totals, overtaken versions, events set aside."""
    every = {planned.identity: planned for planned in records}.values()
    newest = _newest(every)
    expected = {
        _LINES: set(_lines(newest)),
        _TOTALS: set(_totals(newest)),
        _OVERTAKEN: {_place(one) for one in every if one not in newest},
    }
    found = []
    for query, rows in expected.items():
        held = {tuple(row) for row in await connection.fetch(query)}
        if held != rows:
            found.append(f"{len(rows - held)} rows missing, {len(held - rows)} too many: {' '.join(query.split())}")
    letters = await connection.fetchval("SELECT count(*) FROM aggregation.dead_letter")
    return found + ([f"{letters} dead letters"] if letters else [])


def totals_by_group(records: Iterable[Planned]) -> dict[str, tuple[int, ...]]:
    """Lines and figures of each group, its codes joined by bars."""
    return {"|".join(row[:4]): row[4:] for row in _totals(_newest(records))}


def _newest(every: Iterable[Planned]) -> set[Planned]:
    found: dict[Subject, Planned] = {}
    for planned in every:
        if planned.about not in found or planned.version > found[planned.about].version:
            found[planned.about] = planned
    return set(found.values())


def _place(planned: Planned) -> Row:
    form, period, _ = planned.about
    return (form, period, platform_code(planned.about), planned.version)


def _lines(newest: Iterable[Planned]) -> Iterator[Row]:
    for planned in newest:
        *about, version = _place(planned)
        day = Period.parse(planned.about.period).last_day
        for line in lines_of(planned):
            region = region_on(line.department, day).code
            yield (*about, line.member, version, line.department, region, *line.figures)


def _totals(newest: Iterable[Planned]) -> Iterator[Row]:
    totals: dict[Row, list[int]] = {}
    for form, period, _, _, _, _, region, *figures in _lines(newest):
        for level, code in (("national", "FR"), ("region", region)):
            total = totals.setdefault((form, period, level, code), [0, 0, 0, 0])
            for place, value in enumerate((1, *figures)):
                total[place] += value
    for group, total in totals.items():
        yield (*group, *total)
