"""Tables of which UESL wants a new edition: looked at with the next issue, Monday or not."""

from datetime import date

from shared.transaction import Transaction

_ASK = """
INSERT INTO demand (form, period, asked_on, asked_by) VALUES (:form, :period, :asked_on, :asked_by)
ON CONFLICT DO NOTHING
"""
_TAKE = """
UPDATE demand SET worked_on = :day WHERE worked_on IS NULL AND asked_on < :day RETURNING form, period
"""


async def demand(work: Transaction, form: str, period: str, asked_on: date, asked_by: str) -> None:
    """Once a day is enough, whoever asks."""
    values = {"form": form, "period": period, "asked_on": asked_on, "asked_by": asked_by}
    await work.execute(_ASK, values)


async def take_demanded(work: Transaction, day: date) -> list[tuple[str, str]]:
    """Form and period of what was asked for before that day; each once."""
    rows = await work.execute(_TAKE, {"day": day})
    return sorted({(row.form, row.period) for row in rows})
