"""Receiving on a day: until when it can, and what a submission meets; it and its day's closing never overlap."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.ingestion.tables.closings import CLOSED_FROM, period_as_said
from services.ingestion.tables.sent import Sent, printable
from shared.clock import Clock, midnight, noon, paris_day
from shared.events import ReceptionClosed
from shared.readings import NoRegistry
from shared.transaction import Transaction

_LOCK = "hashtext('ingestion-reception')"
# Before what is read below, whose statement must not see less than what these were waited for.
_HOLD = f"SELECT pg_advisory_xact_lock(hashtextextended(:place, 0)), pg_advisory_xact_lock_shared({_LOCK})"
_MET = f"""
SELECT (SELECT version FROM registry_subject WHERE kind = 'registry') AS registry,
       (SELECT max(day) FROM day_begun) AS day, (SELECT max(day) FROM reception_said) AS closed_day,
       ({CLOSED_FROM}) AS closed_from, standing.id, standing.version, standing.sha256
FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
    SELECT id, version, sha256 FROM submission
    WHERE platform = :platform AND form = :form AND period = :kept_period AND verdict = 'accepted'
    ORDER BY version DESC LIMIT 1) AS standing ON true
"""
_CLOSE = "INSERT INTO reception_said (day, submissions) VALUES (:day, :submissions)"


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest accepted submission of a place: the one that counts."""

    id: UUID
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Met:
    """What a submission meets: the registry's version, its moment and day, whether its period is closed, what stands.

    The moment is in the day that is held open. A clock that runs behind the calendar cannot put a submission into a
    day already closed: it is received in the first moment of the next.
    """

    registry: int
    moment: datetime
    is_closed: bool
    standing: Standing | None

    @property
    def day(self) -> date:
        return paris_day(self.moment)


async def meet(work: Transaction, sent: Sent, simulation: bool, clock: Clock) -> Met:
    """Holds, until the commit, the place (one file at a time of it is kept) and the day; raises NoRegistry."""
    about = {"platform": sent.platform, "form": sent.form.code, "kept_period": printable(sent.period, 20)}
    await work.execute(_HOLD, {"place": "submission/{platform}/{form}/{kept_period}".format(**about)})
    row = (await work.execute(_MET, {**about, "period": period_as_said(sent.period)})).one()
    if row.registry is None:
        raise NoRegistry
    now = noon(row.day) if simulation and row.day else clock()
    if row.closed_day is not None and paris_day(now) <= row.closed_day:
        now = midnight(row.closed_day + timedelta(days=1))
    is_closed = row.closed_from is not None and row.closed_from <= paris_day(now)
    standing = Standing(row.id, row.version, row.sha256) if row.id else None
    return Met(row.registry, now, is_closed, standing)


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
