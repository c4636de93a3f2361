"""The fold: accepted submissions into versions and running totals, many in one transaction."""

from collections.abc import Sequence

from services.aggregation.domain.group_totals import deltas
from services.aggregation.domain.versions import sort_out, sums_of
from services.aggregation.handlers.accepted import Accepted, Rejected
from services.aggregation.tables.group_totals import move_totals
from services.aggregation.tables.moves import notify_moves
from services.aggregation.tables.versions import keep_versions, kept_versions, lines_of, lock_partitions
from shared.reception import count_received
from shared.room import Heard
from shared.transaction import Transaction


async def hear_submissions(work: Transaction, heard: Sequence[Heard[Accepted | Rejected]]) -> None:
    """Folds what was accepted, and counts everything that was received."""
    await add_to_totals(work, [Heard(event, partition) for event, partition in heard if isinstance(event, Accepted)])
    await count_received(work, heard)


async def add_to_totals(work: Transaction, heard: Sequence[Heard[Accepted]]) -> None:
    """Any order, any repetition: the newest version of each key stands, and all totals with it."""
    versions = [h.event.version for h in heard if h.event.version]
    if not versions:
        return
    await lock_partitions(work, (h.partition for h in heard))
    kept = await kept_versions(work, (version.key for version in versions))
    found = sort_out(versions, kept)
    gone = [(key, sums_of(lines)) for key, lines in await lines_of(work, found.replaced)]
    await keep_versions(work, found.new)
    moved = deltas([(version.key, version.sums) for version in found.standing], gone)
    await move_totals(work, moved, min(h.partition for h in heard))
    await notify_moves(work, moved)
