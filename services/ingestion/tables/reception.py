"""Until when a day can still receive: a submission and the closing of its day never overlap."""

from datetime import date, datetime, timedelta

from shared.clock import Clock, midnight, noon, paris_day
from shared.events import ReceptionClosed
from shared.readings import current_day
from shared.transaction import Transaction

_LOCK = "hashtext('ingestion-reception')"
_CLOSE = "INSERT INTO reception_said (day, submissions) VALUES (:day, :submissions)"


async def moment_of_reception(work: Transaction, simulation: bool, clock: Clock) -> datetime:
    """The time at which what is sent now is received.

    Holds, until the commit, the day open on which it falls. A clock that runs behind the calendar cannot put a
    submission into a day already closed: it is received in the first moment of the next.
    """
    await work.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
    day = await current_day(work) if simulation else None
    now = noon(day) if day else clock()
    closed = await _last_closed(work)
    if closed is not None and paris_day(now) <= closed:
        return midnight(closed + timedelta(days=1))
    return now


async def close_days_before(work: Transaction, day: date) -> None:
    """Says, for each day before `day` not closed yet, how many submissions were received on it."""
    await work.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
    closed = await _last_closed(work)
    first = day - timedelta(days=1) if closed is None else closed + timedelta(days=1)
    for n in range((day - first).days):
        await _close(work, first + timedelta(days=n))


async def _last_closed(work: Transaction) -> date | None:
    found: date | None = (await work.execute("SELECT max(day) FROM reception_said")).scalar_one()
    return found


async def _close(work: Transaction, day: date) -> None:
    count = "SELECT count(*) FROM submission WHERE received_on = :day"
    submissions = int((await work.execute(count, {"day": day})).scalar_one())
    await work.execute(_CLOSE, {"day": day, "submissions": submissions})
    work.say(ReceptionClosed(day=day, submissions=submissions))
