"""When Plates-formes' submissions of a quarter arrived, when they were due, and which wait for an explanation."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.aggregation.domain.coverage import Arrival
from shared.events import DeadlineExtended, WarningsExplained
from shared.transaction import Transaction

# Then: as it was sent; an explanation given meanwhile is not part of what was received before a day.
_THEN = """
SELECT platform, min(received_on) AS first_on, (array_agg(to_confirm ORDER BY version DESC))[1] AS to_confirm
FROM version WHERE form = :form AND period = :period AND received_on < :day GROUP BY platform
"""
_NOW = """
SELECT platform, min(received_on) AS first_on,
       (array_agg(coalesce(explanation.to_confirm, version.to_confirm) ORDER BY version DESC))[1] AS to_confirm
FROM version LEFT JOIN explanation USING (submission)
WHERE form = :form AND period = :period GROUP BY platform
"""
# A decision counts from the day after; one told without its day has always held.
_DUE_DAYS = """
SELECT DISTINCT ON (period, platform) period, platform, due FROM extension
WHERE form = :form AND period = ANY(:periods) AND (CAST(:day AS date) IS NULL OR decided_on < :day)
ORDER BY period, platform, version DESC
"""
_EXTENDED = """
INSERT INTO extension (platform, form, period, version, due, decided_on)
VALUES (:platform, :form, :period, :version, :due, coalesce(CAST(:decided_on AS date), '-infinity'))
ON CONFLICT DO NOTHING
"""
_EXPLAINED = """
INSERT INTO explanation (submission, revision, to_confirm) VALUES (:submission, :revision, :to_confirm)
ON CONFLICT (submission) DO UPDATE SET revision = excluded.revision, to_confirm = excluded.to_confirm
WHERE explanation.revision < excluded.revision
"""


async def arrivals_of(work: Transaction, form: str, period: str, before: date | None = None) -> dict[str, Arrival]:
    """By Plate-forme; with `before`, of what was received before that day."""
    then: dict[str, Any] = {"day": before} if before else {}
    rows = await work.execute(_THEN if before else _NOW, {"form": form, "period": period, **then})
    due_days = await due_days_of(work, form, [period], before)
    return {row.platform: Arrival(row.first_on, row.to_confirm, due_days.get((period, row.platform))) for row in rows}


async def due_days_of(
    work: Transaction, form: str, periods: Sequence[str], before: date | None = None
) -> dict[tuple[str, str], date]:
    """By period and Plate-forme, where UESL has decided of it; with `before`, as decided before that day."""
    rows = await work.execute(_DUE_DAYS, {"form": form, "periods": list(periods), "day": before})
    return {(row.period, row.platform): row.due for row in rows}


async def note_explanation(work: Transaction, event: WarningsExplained) -> None:
    """What still waits for an explanation; an older word never overwrites a newer one."""
    values = {"submission": event.submission, "revision": event.revision, "to_confirm": event.to_confirm}
    await work.execute(_EXPLAINED, values)


async def note_extension(work: Transaction, event: DeadlineExtended) -> None:
    """The due day that holds for a Plate-forme; every decision is kept, the newest one holds."""
    fields = ("platform", "form", "period", "version", "due", "decided_on")
    await work.execute(_EXTENDED, {name: getattr(event, name) for name in fields})
