"""What has arrived, and on which day first."""

from datetime import date

from services.compliance.domain.obligations import Owed
from shared.events import SubmissionAccepted
from shared.transaction import Transaction

_NOTE = """
INSERT INTO arrival (platform, form, period, first_accepted, versions)
VALUES (:platform, :form, :period, :day, 1)
ON CONFLICT (platform, form, period) DO UPDATE
SET first_accepted = least(arrival.first_accepted, excluded.first_accepted), versions = arrival.versions + 1
RETURNING versions
"""


async def known_arrivals(work: Transaction) -> dict[Owed, date]:
    rows = await work.execute("SELECT platform, form, period, first_accepted FROM arrival")
    return {(row.platform, row.form, row.period): row.first_accepted for row in rows}


async def keep_arrival(work: Transaction, event: SubmissionAccepted) -> int:
    """How many versions have arrived, this one included."""
    values = {"platform": event.platform, "form": event.form, "period": event.period, "day": event.received_on}
    return int((await work.execute(_NOTE, values)).scalar_one())
