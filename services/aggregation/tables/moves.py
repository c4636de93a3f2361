"""Saying within the database that totals have moved, so that pages that show them can be drawn again."""

from collections.abc import Iterable

from services.aggregation.domain.group_totals import Group
from shared.transaction import Transaction

CHANNEL = "aggregation_moved"
# PostgreSQL takes 8,000 bytes; whoever reads an empty text looks for himself.
_MOST = 200


async def notify_moves(work: Transaction, groups: Iterable[Group]) -> None:
    """At the commit: which forms' years have moved, as `form/year`, parted by spaces."""
    moved = sorted({f"{group.form}/{group.period[:4]}" for group in groups})
    if moved:
        payload = " ".join(moved) if len(moved) <= _MOST else ""
        await work.execute("SELECT pg_notify(:channel, :payload)", {"channel": CHANNEL, "payload": payload})
