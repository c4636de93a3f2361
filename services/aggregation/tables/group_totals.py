"""Running totals of région and national, in parts, so that workers do not wait for one another; summed on reading."""

from collections.abc import Sequence

from services.aggregation.domain.agreeing import RunningTotal
from services.aggregation.domain.figures import Figures
from services.aggregation.domain.group_totals import Deltas
from shared.transaction import Transaction

_MOVE = """
INSERT INTO group_total AS t (part, form, period, level, code, lines, m1, m2, m3)
SELECT CAST(:part AS int), g.*
FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:levels AS text[]), CAST(:codes AS text[]),
            CAST(:lines AS int[]), CAST(:m1 AS bigint[]), CAST(:m2 AS bigint[]), CAST(:m3 AS bigint[])) AS g
ON CONFLICT (form, period, level, code, part) DO UPDATE
SET lines = t.lines + excluded.lines, m1 = t.m1 + excluded.m1, m2 = t.m2 + excluded.m2, m3 = t.m3 + excluded.m3
"""

# One statement: both sides are of one moment, however much is being folded.
_RECOUNT = """
WITH running AS (
    SELECT level, code, sum(m1) AS m1, sum(m2) AS m2, sum(m3) AS m3 FROM group_total
    WHERE form = :form AND period = :period GROUP BY level, code),
recounted AS (
    SELECT 'national' AS level, 'FR' AS code, sum(m1) AS m1, sum(m2) AS m2, sum(m3) AS m3 FROM line
    WHERE form = :form AND period = :period HAVING count(*) > 0
    UNION ALL SELECT 'region', region, sum(m1), sum(m2), sum(m3) FROM line
    WHERE form = :form AND period = :period AND region IS NOT NULL GROUP BY region)
SELECT level, code,
       CAST(ARRAY[coalesce(r.m1, 0), coalesce(r.m2, 0), coalesce(r.m3, 0)] AS bigint[]) AS running,
       CAST(ARRAY[coalesce(l.m1, 0), coalesce(l.m2, 0), coalesce(l.m3, 0)] AS bigint[]) AS recounted
FROM running AS r FULL JOIN recounted AS l USING (level, code) ORDER BY level, code
"""


async def running_and_recounted(work: Transaction, form: str, period: str) -> list[RunningTotal]:
    """A quarter's totals as they run now, each beside the sum of the lines that stand now."""
    rows = await work.execute(_RECOUNT, {"form": form, "period": period})
    return [RunningTotal(row.level, row.code, _figures(row.running), _figures(row.recounted)) for row in rows]


def _figures(values: Sequence[int]) -> Figures:
    m1, m2, m3 = values
    return (m1, m2, m3)


async def move_totals(work: Transaction, deltas: Deltas, part: int) -> None:
    """Adds the deltas to a part of the totals: that of a partition which the worker has locked."""
    if not deltas:
        return
    groups, moves = list(deltas), list(deltas.values())
    await work.execute(
        _MOVE,
        {
            "part": part,
            "forms": [group.form for group in groups],
            "periods": [group.period for group in groups],
            "levels": [group.level for group in groups],
            "codes": [group.code for group in groups],
            "lines": [move.lines for move in moves],
            "m1": [move.figures[0] for move in moves],
            "m2": [move.figures[1] for move in moves],
            "m3": [move.figures[2] for move in moves],
        },
    )
