"""The ladders that UESL has set: each is kept, with who, when and why."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.compliance.domain.ladders import Ladder, Ladders
from services.compliance.tables.extensions import Decision
from shared.transaction import Transaction

_ALL = "SELECT position, valid_from, steps, reason, decided_by, decided_at, decided_on FROM ladder ORDER BY position"
_SET = """
INSERT INTO ladder (valid_from, steps, reason, decided_by, decided_at, decided_on)
VALUES (:valid_from, CAST(:steps AS jsonb), :reason, :by, :at, :on)
"""


async def set_ladders(work: Transaction) -> Sequence[Any]:
    """In the order in which they were set."""
    return (await work.execute(_ALL)).all()


async def known_ladders(work: Transaction, before: date | None = None) -> Ladders:
    """`before`: those set before that day began."""
    rows = [row for row in await set_ladders(work) if before is None or row.decided_on < before]
    return Ladders([Ladder(row.valid_from, steps_of(row)) for row in rows])


def steps_of(row: Any) -> dict[int, int]:
    """Days from the due day, in order, each with its level."""
    return dict(sorted((int(day), level) for day, level in row.steps.items()))


async def keep_ladder(
    work: Transaction, valid_from: date, steps: Mapping[int, int], decision: Decision, on: date
) -> None:
    written = json.dumps({str(day): level for day, level in steps.items()})
    values = {"valid_from": valid_from, "steps": written, "on": on}
    await work.execute(_SET, {**values, "reason": decision.reason, "by": decision.by, "at": decision.at})
