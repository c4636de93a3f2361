"""Submissions as kept: found, listed, their errors and bytes read; another's are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.ingestion.domain import Error
from services.ingestion.tables.judging import ErrorPage
from services.ingestion.tables.models import Submission, SubmissionErrorPage, SubmissionPiece
from shared.transaction import Transaction


async def find(work: Transaction, submission: UUID) -> Submission | None:
    """None for what does not exist and, by PostgreSQL's row-level security, for what is another's."""
    return await work.session.get(Submission, submission)


async def errors_of(work: Transaction, submission: UUID, first: int = 1, many: int | None = None) -> list[Error]:
    """So many errors from number `first` on, in the order told; None = all."""
    # A page holds the errors of a thousand rows, which may be many more than a thousand.
    query = select(SubmissionErrorPage).where(
        SubmissionErrorPage.submission == submission,
        col(SubmissionErrorPage.first) + col(SubmissionErrorPage.many) > first,
    )
    if many is not None:
        query = query.where(col(SubmissionErrorPage.first) < first + many)
    pages = (await work.session.execute(query.order_by(col(SubmissionErrorPage.first)))).scalars()
    found = [
        (page.first + place, error)
        for page in pages
        for place, error in enumerate(ErrorPage(page.first, page.many, page.body).errors())
    ]
    return [error for number, error in found if first <= number and (many is None or number < first + many)]


async def content_of(work: Transaction, submission: UUID) -> bytes | None:
    """None where nothing was kept, or is no longer."""
    query = (
        select(SubmissionPiece.content).where(SubmissionPiece.submission == submission).order_by(col(SubmissionPiece.n))
    )
    pieces = (await work.session.execute(query)).scalars().all()
    return b"".join(pieces) if pieces else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submissions of a list are wanted; None = all."""

    platform: str | None = None
    form: str | None = None
    period: str | None = None
    verdict: str | None = None


async def list_submissions(
    work: Transaction, wanted: Wanted, limit: int, offset: int
) -> tuple[int, Sequence[Submission]]:
    """How many there are, and one page of them, the newest first."""
    query = select(Submission)
    for name in ("platform", "form", "period", "verdict"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Submission, name) == value)
    counted = select(func.count()).select_from(query.subquery())
    total = (await work.session.execute(counted)).scalar_one()
    page = query.order_by(col(Submission.number).desc()).limit(limit).offset(offset)
    return total, (await work.session.execute(page)).scalars().all()


async def accepted_places(work: Transaction, platform: str) -> set[tuple[str, str]]:
    """The form and period of every file of the platform that stands."""
    query = select(Submission.form, Submission.period).where(
        Submission.platform == platform, Submission.verdict == "accepted"
    )
    return {(form, period) for form, period in (await work.session.execute(query.distinct())).all()}
