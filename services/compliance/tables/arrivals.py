"""What has arrived, and on which day first."""

from datetime import date

from services.compliance.domain.obligations import Owed
from services.compliance.domain.standing import Arrived
from shared.events import SubmissionAccepted, WarningsExplained
from shared.transaction import Transaction

_NOTE = """
INSERT INTO arrival (platform, form, period, first_accepted, versions, standing_version, to_confirm, members)
VALUES (:platform, :form, :period, :day, 1, :version, :to_confirm, CAST(:members AS text[]))
ON CONFLICT (platform, form, period) DO UPDATE
SET first_accepted = least(arrival.first_accepted, excluded.first_accepted), versions = arrival.versions + 1,
    (standing_version, to_confirm, members, revision) = (
        SELECT excluded.standing_version, excluded.to_confirm, excluded.members, 0
        WHERE excluded.standing_version > arrival.standing_version
        UNION ALL
        SELECT arrival.standing_version, arrival.to_confirm, arrival.members, arrival.revision
        WHERE excluded.standing_version <= arrival.standing_version)
RETURNING versions
"""
# Said of the standing version, and after what is known of it.
_EXPLAINED = """
UPDATE arrival SET to_confirm = :to_confirm, revision = :revision
WHERE platform = :platform AND form = :form AND period = :period
  AND standing_version = :version AND revision < :revision
"""
_DETAILS = """
SELECT platform, form, period, first_accepted, versions, to_confirm, members FROM arrival
WHERE CAST(:year AS text) IS NULL OR left(period, 4) = :year
"""


async def known_arrivals(work: Transaction) -> dict[Owed, date]:
    rows = await work.execute("SELECT platform, form, period, first_accepted FROM arrival")
    return {(row.platform, row.form, row.period): row.first_accepted for row in rows}


async def keep_arrival(work: Transaction, event: SubmissionAccepted) -> int:
    """How many versions have arrived, this one included."""
    values = {"platform": event.platform, "form": event.form, "period": event.period, "day": event.received_on}
    members = sorted({line.member for line in event.lines if line.member})
    values |= {"version": event.version, "to_confirm": event.to_confirm, "members": members}
    return int((await work.execute(_NOTE, values)).scalar_one())


async def keep_explained(work: Transaction, event: WarningsExplained) -> None:
    fields = ("platform", "form", "period", "version", "revision", "to_confirm")
    await work.execute(_EXPLAINED, {name: getattr(event, name) for name in fields})


async def arrived(work: Transaction, year: int | None = None) -> dict[Owed, Arrived]:
    """All that has arrived, or for the periods of a year, with what stands of it."""
    rows = await work.execute(_DETAILS, {"year": None if year is None else str(year)})
    return {
        (row.platform, row.form, row.period): Arrived(
            row.first_accepted, row.versions, row.to_confirm, None if row.members is None else frozenset(row.members)
        )
        for row in rows
    }
