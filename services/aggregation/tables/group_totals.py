"""Running totals of région, platform and national, in one part per partition; summed on reading."""

from services.aggregation.domain.group_totals import Deltas
from shared.transaction import Transaction

_MOVE = """
INSERT INTO group_total AS t (partition, form, period, level, code, lines, m1, m2, m3)
SELECT * FROM unnest(CAST(:partitions AS int[]), CAST(:forms AS text[]), CAST(:periods AS text[]),
                     CAST(:levels AS text[]), CAST(:codes AS text[]), CAST(:lines AS int[]),
                     CAST(:m1 AS bigint[]), CAST(:m2 AS bigint[]), CAST(:m3 AS bigint[]))
ON CONFLICT (form, period, level, code, partition) DO UPDATE
SET lines = t.lines + excluded.lines, m1 = t.m1 + excluded.m1, m2 = t.m2 + excluded.m2, m3 = t.m3 + excluded.m3
"""


async def move_totals(work: Transaction, deltas: Deltas) -> None:
    """Adds the deltas, in their order: it is the same everywhere, so that workers never lock one another out."""
    if not deltas:
        return
    groups, moves = list(deltas), list(deltas.values())
    await work.execute(
        _MOVE,
        {
            "partitions": [group.partition for group in groups],
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
