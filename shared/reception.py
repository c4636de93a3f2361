"""Knowing that everything received on a day has been heard, although topics are not ordered among themselves.

Ingestion counts what it says for each day and, when the day is over, says how many there were (`ReceptionClosed`).
A room that hears submissions counts them too: a day is closed here when both counts agree.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from shared.events import ReceptionClosed
from shared.transaction import Transaction

_COUNT = """
INSERT INTO reception_heard (day, partition, submissions)
SELECT * FROM unnest(CAST(:days AS date[]), CAST(:partitions AS int[]), CAST(:counts AS int[]))
ON CONFLICT (day, partition) DO UPDATE SET submissions = reception_heard.submissions + excluded.submissions
"""
_NEXT_DAY = """
SELECT begun.day FROM day_begun AS begun
JOIN reception_closed AS closed ON closed.day = begun.day - 1
WHERE begun.worked_at IS NULL
  AND NOT EXISTS (SELECT FROM day_begun AS before WHERE before.day < begun.day AND before.worked_at IS NULL)
  AND closed.submissions = (SELECT coalesce(sum(submissions), 0) FROM reception_heard WHERE day = begun.day - 1)
ORDER BY begun.day LIMIT 1
"""


class Received(Protocol):
    """A submission, as far as it is counted."""

    @property
    def received_on(self) -> date: ...


SubmissionHeard = tuple[Received, int]


async def count_received(work: Transaction, heard: Sequence[SubmissionHeard]) -> None:
    """Counts submissions heard, each with the partition it came by (so that parallel workers do not wait)."""
    counts = sorted(Counter((event.received_on, partition) for event, partition in heard).items())
    if counts:
        days, partitions = [day for (day, _), _ in counts], [partition for (_, partition), _ in counts]
        await work.execute(_COUNT, {"days": days, "partitions": partitions, "counts": [n for _, n in counts]})


async def close_reception(work: Transaction, event: ReceptionClosed) -> None:
    await work.execute(
        "INSERT INTO reception_closed (day, submissions) VALUES (:day, :submissions) ON CONFLICT DO NOTHING",
        {"day": event.day, "submissions": event.submissions},
    )


async def next_day_to_work(work: Transaction) -> date | None:
    """The earliest day begun, not yet worked, before which everything received has been heard.

    Takes the room's lock on its calendar, so that one worker at a time works a day.
    """
    await work.execute("SELECT pg_advisory_xact_lock(hashtext(:lock))", {"lock": f"{work.room}-calendar"})
    return await day_to_work(work)


async def day_to_work(work: Transaction) -> date | None:
    """The same, only to be told of."""
    day: date | None = (await work.execute(_NEXT_DAY)).scalar_one_or_none()
    return day


async def mark_worked(work: Transaction, day: date) -> None:
    await work.execute("UPDATE day_begun SET worked_at = now() WHERE day = :day", {"day": day})
