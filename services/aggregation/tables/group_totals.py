"""Running totals of région and national, in parts, so that workers do not wait for one another; summed on reading."""

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
