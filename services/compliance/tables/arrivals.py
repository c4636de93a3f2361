"""What has arrived, and on which day first."""

from datetime import date

from services.compliance.domain.obligations import Owed
from shared.transaction import Transaction


async def known_arrivals(work: Transaction) -> dict[Owed, date]:
    rows = await work.execute("SELECT platform, form, period, first_accepted FROM arrival")
    return {(row.platform, row.form, row.period): row.first_accepted for row in rows}
