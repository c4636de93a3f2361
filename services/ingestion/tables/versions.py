"""Versions: the accepted submissions of a platform, form and period, in their order; the newest stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from services.ingestion.tables.models import Submission
from shared.periods import Period
from shared.transaction import Transaction

_LAST_REPORTED = "SELECT max(period) FROM standing_line WHERE form = :form"


@dataclass(frozen=True, slots=True)
class Place:
    """What a version is a version of."""

    platform: str
    form: str
    period: str

    @classmethod
    def of(cls, submission: Submission) -> "Place":
        return cls(submission.platform, submission.form, submission.period)


async def versions_of(work: Transaction, place: Place) -> Sequence[Submission]:
    """The newest first."""
    query = (
        select(Submission)
        .where(
            Submission.platform == place.platform,
            Submission.form == place.form,
            Submission.period == place.period,
            Submission.verdict == "accepted",
        )
        .order_by(col(Submission.version).desc())
    )
    return (await work.session.execute(query)).scalars().all()


async def version_before(work: Transaction, submission: Submission) -> Submission | None:
    found = await versions_of(work, Place.of(submission))
    return next((one for one in found if (one.version or 0) < (submission.version or 0)), None)


async def standing_version(work: Transaction, place: Place) -> Submission | None:
    return next(iter(await versions_of(work, place)), None)


async def find_version(work: Transaction, submission: UUID, place: Place) -> Submission | None:
    """None for what is not there, is another's, or is no version of that place."""
    return next((one for one in await versions_of(work, place) if one.id == submission), None)


async def last_reported(work: Transaction, form: str) -> Period | None:
    """The last quarter of which anybody has a line; seen by the room's own view alone."""
    found: str | None = (await work.execute(_LAST_REPORTED, {"form": form})).scalar_one()
    return Period.parse(found) if found else None
