"""What was found in a submission, however much: read a page at a time, counted by code, never all held at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from services.ingestion.domain import Error, Outcome
from services.ingestion.domain.verdict_told import Finding, VerdictTold, told
from services.ingestion.domain.warnings.raised import usual_in
from services.ingestion.tables.judging import ErrorPage
from services.ingestion.tables.models import Submission, SubmissionErrorPage
from services.ingestion.tables.submissions import errors_of
from services.ingestion.tables.warnings import warnings_of
from shared.database import Database
from shared.transaction import Transaction

_PAGES_TOGETHER = 10
_MOST_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """How many errors of a code, and the number of the first, from 1."""

    many: int
    first: int


Counts = Mapping[str, Counted]
# Errors kept never change, and a long list of them takes seconds to count.
_counted: dict[UUID, Counts] = {}


async def pages_of_errors(database: Database, viewer: str, submission: UUID) -> AsyncIterator[tuple[int, list[Error]]]:
    """The number of its first and the errors of each page; no connection is held while a page is being told."""
    after = 0
    while True:
        async with database.transaction(viewer) as work:
            packed = await _packed_after(work, submission, after)
        for page in packed:
            yield page.first, await asyncio.to_thread(page.errors)
        if len(packed) < _PAGES_TOGETHER:
            return
        after = packed[-1].first


async def _packed_after(work: Transaction, submission: UUID, first: int) -> Sequence[ErrorPage]:
    query = (
        select(SubmissionErrorPage)
        .where(SubmissionErrorPage.submission == submission, col(SubmissionErrorPage.first) > first)
        .order_by(col(SubmissionErrorPage.first))
        .limit(_PAGES_TOGETHER)
    )
    return [ErrorPage(row.first, row.many, row.body) for row in (await work.session.execute(query)).scalars()]


async def counts_by_code(database: Database, viewer: str, submission: UUID) -> Counts:
    """Of a submission that the viewer has been found to see, in the order of the codes."""
    if submission not in _counted:
        if len(_counted) >= _MOST_REMEMBERED:
            _counted.clear()
        _counted[submission] = await _count(database, viewer, submission)
    return _counted[submission]


async def _count(database: Database, viewer: str, submission: UUID) -> Counts:
    found: dict[str, Counted] = {}
    async for first, errors in pages_of_errors(database, viewer, submission):
        for number, error in enumerate(errors, start=first):
            known = found.get(error.code)
            found[error.code] = Counted(known.many + 1, known.first) if known else Counted(1, number)
    return dict(sorted(found.items()))


async def findings_in_pages(
    database: Database, viewer: str, submission: Submission
) -> AsyncIterator[tuple[int, list[Finding]]]:
    """What was found in a submission: errors of a refused one, warnings of an accepted one."""
    async for first, errors in pages_of_errors(database, viewer, submission.id):
        yield first, [told(error) for error in errors]
    if warnings := await _warnings(database, viewer, submission):
        yield 1, warnings


async def _warnings(database: Database, viewer: str, submission: Submission) -> list[Finding]:
    if submission.verdict != "accepted":
        return []
    async with database.transaction(viewer) as work:
        kept = await warnings_of(work, submission.id)
    return [
        Finding(one.line, one.column, one.code, "warning", None, usual_in(one.message), one.message) for one in kept
    ]


async def some_findings(
    database: Database, viewer: str, submission: Submission, first: int, many: int
) -> tuple[int, list[Finding]]:
    """How many there are in all, and so many from number `first` on."""
    if submission.verdict == "accepted":
        warnings = await _warnings(database, viewer, submission)
        return len(warnings), warnings[first - 1 : first - 1 + many]
    async with database.transaction(viewer) as work:
        errors = await errors_of(work, submission.id, first, many)
    return submission.error_count, [told(error) for error in errors]


async def verdict_of(database: Database, viewer: str, submission: Submission) -> VerdictTold:
    """What was said of a submission when it was received; its findings are read apart."""
    counts = await counts_by_code(database, viewer, submission.id) if submission.error_count else {}
    outcome = Outcome(
        "accepted" if submission.verdict == "accepted" else "rejected",
        {code: counted.many for code, counted in counts.items()},
        rows_accepted=submission.rows_accepted,
        rows_refused=submission.rows_refused,
        rows_blank=submission.rows_blank,
    )
    warnings = await _warnings(database, viewer, submission)
    return VerdictTold(
        form=submission.form,
        period=submission.period,
        platform=submission.platform,
        on=submission.received_on,
        sha256=submission.sha256,
        size=submission.size,
        outcome=outcome,
        warnings=Counter(warning.code for warning in warnings),
    )
