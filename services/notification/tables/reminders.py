"""The ledger of reminders, what is late, and what is known to have arrived."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.notification.domain.reminders import Late, Owed
from shared.events import DeadlineExtended, LateListed, ReminderDue, SubmissionAccepted
from shared.transaction import Transaction

_ARRIVALS = """
INSERT INTO arrival (platform, form, period, first_accepted_on)
SELECT * FROM unnest(CAST(:platforms AS text[]), CAST(:forms AS text[]), CAST(:periods AS text[]),
                     CAST(:days AS date[]))
ON CONFLICT (platform, form, period)
DO UPDATE SET first_accepted_on = least(arrival.first_accepted_on, excluded.first_accepted_on)
"""
_OWED = """
INSERT INTO reminder (platform, form, period, step, day, due, level)
SELECT :platform, owed.form, owed.period, owed.step, :day, owed.due, owed.level
FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:steps AS int[]), CAST(:dues AS date[]),
            CAST(:levels AS int[])) AS owed (form, period, step, due, level)
ON CONFLICT DO NOTHING
"""
_UNDECIDED = """
SELECT platform, form, period, step, day, reminder.due, first_accepted_on, due_day.due AS due_now, level
FROM reminder LEFT JOIN arrival USING (platform, form, period) LEFT JOIN due_day USING (platform, form, period)
WHERE decided_at IS NULL AND day <= :day ORDER BY day, platform, reminder.due, form, period
"""
_DECIDED = """
UPDATE reminder SET decided_at = now(), message = decided.message, reason = decided.reason
FROM unnest(CAST(:platforms AS text[]), CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:steps AS int[]),
            CAST(:dues AS date[]), CAST(:messages AS uuid[]), CAST(:reasons AS text[]))
     AS decided (platform, form, period, step, due, message, reason)
WHERE (reminder.platform, reminder.form, reminder.period, reminder.due, reminder.step)
    = (decided.platform, decided.form, decided.period, decided.due, decided.step) AND decided_at IS NULL
"""
_DUE_DAY = """
INSERT INTO due_day (platform, form, period, due, version) VALUES (:platform, :form, :period, :due, :version)
ON CONFLICT (platform, form, period) DO UPDATE SET due = excluded.due, version = excluded.version
WHERE due_day.version < excluded.version
"""
_LISTED = """
INSERT INTO late_listed (day, platform, form, period, due)
SELECT CAST(:day AS date), * FROM unnest(CAST(:platforms AS text[]), CAST(:forms AS text[]), CAST(:periods AS text[]),
                                         CAST(:dues AS date[]))
ON CONFLICT DO NOTHING
"""
# What came before the day began is no longer late, although compliance may not have heard of it yet.
_STILL_LATE = """
SELECT platform, form, period, late_listed.due
FROM late_listed LEFT JOIN arrival USING (platform, form, period) LEFT JOIN due_day USING (platform, form, period)
WHERE day = :day AND (first_accepted_on IS NULL OR first_accepted_on >= day)
  AND (due_day.due IS NULL OR due_day.due <= late_listed.due)
ORDER BY late_listed.due, platform, form, period
"""


async def note_arrivals(work: Transaction, accepted: Sequence[SubmissionAccepted]) -> None:
    """Keeps the day of the first acceptance, in whatever order they are heard."""
    first: dict[tuple[str, str, str], date] = {}
    for event in accepted:
        about = (event.platform, event.form, event.period)
        first[about] = min(first.get(about, event.received_on), event.received_on)
    if first:
        keys = sorted(first)
        parameters = {
            "platforms": [platform for platform, _, _ in keys],
            "forms": [form for _, form, _ in keys],
            "periods": [period for _, _, period in keys],
            "days": [first[key] for key in keys],
        }
        await work.execute(_ARRIVALS, parameters)


async def is_worked(work: Transaction, day: date) -> bool:
    """Whether the day's work is done; waits for a worker that is doing it (the lock of `next_day_to_work`)."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext(:lock))", {"lock": f"{work.room}-calendar"})
    query = "SELECT 1 FROM day_begun WHERE day = :day AND worked_at IS NOT NULL"
    return (await work.execute(query, {"day": day})).scalar_one_or_none() is not None


async def keep_owed(work: Transaction, event: ReminderDue) -> None:
    """One row per form, due day and step, for ever: what was reminded of once is not again."""
    parameters = {
        "platform": event.platform,
        "day": event.day,
        "forms": [owed.form for owed in event.owed],
        "periods": [owed.period for owed in event.owed],
        "steps": [owed.step for owed in event.owed],
        "dues": [owed.due for owed in event.owed],
        "levels": [owed.level for owed in event.owed],
    }
    await work.execute(_OWED, parameters)


async def undecided_reminders(work: Transaction, day: date) -> list[Owed]:
    """Those of that day and of any earlier one, day by day and platform by platform."""
    rows = await work.execute(_UNDECIDED, {"day": day})
    return [Owed(**row._mapping) for row in rows]


async def note_decided(work: Transaction, decided: Mapping[Owed, UUID | None]) -> None:
    """Writes into the ledger by which message each was sent, or why not."""
    keys = list(decided)
    parameters = {
        "platforms": [owed.platform for owed in keys],
        "forms": [owed.form for owed in keys],
        "periods": [owed.period for owed in keys],
        "steps": [owed.step for owed in keys],
        "dues": [owed.due for owed in keys],
        "messages": [decided[owed] for owed in keys],
        "reasons": [None if decided[owed] else owed.reason for owed in keys],
    }
    await work.execute(_DECIDED, parameters)


async def note_due_day(work: Transaction, event: DeadlineExtended) -> None:
    """The due day that holds now; what was said earlier never replaces it."""
    fields = ("platform", "form", "period", "due", "version")
    await work.execute(_DUE_DAY, {name: getattr(event, name) for name in fields})


async def keep_late_list(work: Transaction, event: LateListed) -> None:
    added = await work.execute(
        "INSERT INTO late_list (day) VALUES (:day) ON CONFLICT DO NOTHING RETURNING day", {"day": event.day}
    )
    if added.scalar_one_or_none() is None:
        return
    parameters = {
        "day": event.day,
        "platforms": [late.platform for late in event.late],
        "forms": [late.form for late in event.late],
        "periods": [late.period for late in event.late],
        "dues": [late.due for late in event.late],
    }
    await work.execute(_LISTED, parameters)


async def undecided_lists(work: Transaction, day: date) -> list[date]:
    query = "SELECT day FROM late_list WHERE decided_at IS NULL AND day <= :day ORDER BY day FOR UPDATE"
    return list((await work.execute(query, {"day": day})).scalars())


async def still_late(work: Transaction, day: date) -> list[Late]:
    rows = await work.execute(_STILL_LATE, {"day": day})
    return [Late(row.platform, row.form, row.period, row.due) for row in rows]


async def note_listed(work: Transaction, day: date, message: UUID | None) -> None:
    query = "UPDATE late_list SET decided_at = now(), message = :message WHERE day = :day"
    await work.execute(query, {"day": day, "message": message})
