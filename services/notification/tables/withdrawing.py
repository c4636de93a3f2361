"""Reminders that wait for the mail server while what they ask for arrives: they are not sent."""

from collections.abc import Sequence
from uuid import UUID

from services.notification.domain.reminders import Owed
from shared.transaction import Transaction

# Only what nobody is sending now, and what no server has been shown: an answer that was lost may have arrived.
_MOOT = """
SELECT message.id FROM message
WHERE kind = 'reminder' AND state = 'pending' AND next_try_at <= now() AND EXISTS (
    SELECT FROM reminder LEFT JOIN arrival USING (platform, form, period)
    LEFT JOIN due_day USING (platform, form, period)
    WHERE reminder.message = message.id AND (first_accepted_on IS NOT NULL OR due_day.due > reminder.due))
ORDER BY message.id FOR UPDATE OF message SKIP LOCKED
"""
_NAMED = """
SELECT platform, form, period, step, day, reminder.due, first_accepted_on, due_day.due AS due_now, level
FROM reminder LEFT JOIN arrival USING (platform, form, period) LEFT JOIN due_day USING (platform, form, period)
WHERE message = :message ORDER BY reminder.due, form, period
"""
_LEAVE_OUT = """
UPDATE reminder SET message = NULL, reason = :reason
WHERE platform = :platform AND form = :form AND period = :period AND due = :due AND step = :step
"""


async def moot_messages(work: Transaction) -> list[UUID]:
    """Those not sent yet that name something that has arrived, or has been given more time; held for this work."""
    return list((await work.execute(_MOOT)).scalars())


async def named_by(work: Transaction, message: UUID) -> list[Owed]:
    return [Owed(**row._mapping) for row in await work.execute(_NAMED, {"message": message})]


async def leave_out(work: Transaction, forms: Sequence[Owed]) -> None:
    """The ledger says why they were not sent."""
    for owed in forms:
        about = {"platform": owed.platform, "form": owed.form, "period": owed.period}
        values = {**about, "due": owed.due, "step": owed.step, "reason": owed.reason_before_sending}
        await work.execute(_LEAVE_OUT, values)


async def withdraw(work: Transaction, message: UUID, reason: str) -> None:
    query = "UPDATE message SET state = 'withdrawn', last_error = :reason WHERE id = :message"
    await work.execute(query, {"message": message, "reason": reason})


async def write_anew(work: Transaction, message: UUID, letter: str) -> None:
    """Nobody has seen it yet: the same message says less."""
    await work.execute(
        "UPDATE message SET letter = :letter WHERE id = :message", {"message": message, "letter": letter}
    )
