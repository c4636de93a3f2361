"""Receiving a file: judged, kept with its bytes and its errors, and said, in one transaction."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import col, select

from services.ingestion.domain import Error, Judgement, Line, judge
from services.ingestion.tables.models import Submission, SubmissionError, SubmissionFile
from services.ingestion.tables.reception import moment_of_reception
from shared.clock import Clock, paris_day
from shared.events import ReportedError, SubmissionAccepted, SubmissionRejected, SubmittedLine
from shared.forms import Form
from shared.readings import read_network
from shared.transaction import Transaction

Door = Literal["http", "page", "sftp"]

ERRORS_TOLD = 50
_LONGEST_NAME = 200
_ERRORS = """
INSERT INTO submission_error (submission, n, platform, line, column_name, code, message, value)
SELECT :submission, fault.n, :platform, fault.line, fault.column_name, fault.code, fault.message, fault.value
FROM unnest(CAST(:ns AS int[]), CAST(:lines AS int[]), CAST(:columns AS text[]), CAST(:codes AS text[]),
            CAST(:messages AS text[]), CAST(:values AS text[])) AS fault(n, line, column_name, code, message, value)
"""
_STANDING = """
SELECT id, version, sha256 FROM submission
WHERE platform = :platform AND form = :form AND period = :period AND verdict = 'accepted'
ORDER BY version DESC LIMIT 1
"""


@dataclass(frozen=True)
class Sent:
    """What came through a door: the platform is the credential's, never the sender's word."""

    platform: str
    form: Form
    period: str
    content: bytes
    file_name: str
    door: Door
    sent_by: str

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Received:
    """The submission kept, and whether it is new (False: the bytes were already standing)."""

    submission: Submission
    is_new: bool


def printable(text: str, longest: int = _LONGEST_NAME) -> str:
    """What PostgreSQL and a page can show of a name chosen elsewhere."""
    return "".join(character if character.isprintable() else "�" for character in text)[:longest]


async def receive(work: Transaction, sent: Sent, *, simulation: bool, clock: Clock) -> Received:
    """Judges and keeps a file. The same bytes as the standing version are the same submission: nothing new.

    Raises NoRegistry before any registry. Only one file of a platform, form and period is received at a time.
    """
    key = f"submission/{sent.platform}/{sent.form.code}/{printable(sent.period, 20)}"
    await work.execute("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))", {"key": key})
    network = await read_network(work)
    standing = await _standing(work, sent)
    if standing is not None and standing.sha256 == sent.sha256:
        return Received(await work.session.get_one(Submission, standing.id), is_new=False)
    received_at = await moment_of_reception(work, simulation, clock)
    judgement = await asyncio.to_thread(  # a long file must not keep everybody else waiting
        judge,
        sent.content,
        form=sent.form,
        period=sent.period,
        platform=sent.platform,
        network=network,
        today=paris_day(received_at),
    )
    version = None if judgement.verdict == "rejected" else (standing.version if standing else 0) + 1
    submission = _submission(sent, judgement, received_at, version)
    await _keep(work, submission, sent, judgement.errors)
    _say(work, submission, judgement)
    return Received(submission, is_new=True)


async def _standing(work: Transaction, sent: Sent) -> Any:
    place = {"platform": sent.platform, "form": sent.form.code, "period": printable(sent.period, 20)}
    return (await work.execute(_STANDING, place)).one_or_none()


def _submission(sent: Sent, judgement: Judgement, received_at: datetime, version: int | None) -> Submission:
    return Submission(
        id=uuid4(),
        platform=sent.platform,
        form=sent.form.code,
        period=printable(sent.period, 20),
        verdict=judgement.verdict,
        version=version,
        received_at=received_at,
        received_on=paris_day(received_at),
        door=sent.door,
        file_name=printable(sent.file_name) or "sans nom",
        sha256=sent.sha256,
        size=len(sent.content),
        rows_accepted=judgement.rows_accepted,
        rows_refused=judgement.rows_refused,
        rows_blank=judgement.rows_blank,
        error_count=len(judgement.errors),
        sent_by=sent.sent_by,
    )


async def _keep(work: Transaction, submission: Submission, sent: Sent, errors: Sequence[Error]) -> None:
    work.session.add(submission)
    await work.session.flush()
    work.session.add(SubmissionFile(submission=submission.id, platform=sent.platform, content=sent.content))
    await work.session.flush()
    await work.session.refresh(submission)
    if errors:
        await work.execute(
            _ERRORS,
            {
                "submission": submission.id,
                "platform": sent.platform,
                "ns": list(range(1, len(errors) + 1)),
                "lines": [error.line for error in errors],
                "columns": [_storable(error.column) for error in errors],
                "codes": [error.code for error in errors],
                "messages": [_storable(error.message) for error in errors],
                "values": [_storable(error.value) for error in errors],
            },
        )


def _storable(text: str | None) -> str | None:
    """PostgreSQL holds no NUL; lone surrogates cannot be written at all."""
    return text and text.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")


def _say(work: Transaction, submission: Submission, judgement: Judgement) -> None:
    about: dict[str, Any] = {
        "submission": submission.id,
        "platform": submission.platform,
        "form": submission.form,
        "period": submission.period,
        "received_at": submission.received_at,
        "received_on": submission.received_on,
        "door": submission.door,
        "file_name": submission.file_name,
        "sha256": submission.sha256,
    }
    if submission.version is not None:
        lines = tuple(_said(line) for line in judgement.lines)
        work.say(SubmissionAccepted(**about, version=submission.version, lines=lines))
    else:
        errors = tuple(_told(error) for error in judgement.errors[:ERRORS_TOLD])
        work.say(SubmissionRejected(**about, error_count=len(judgement.errors), errors=errors))


def _said(line: Line) -> SubmittedLine:
    return SubmittedLine(
        line=line.line,
        member=line.member,
        department=line.department,
        values=dict(line.values),
        comment=line.comment,
    )


def _told(error: Error) -> ReportedError:
    return ReportedError(line=error.line, column=error.column, code=error.code, message=error.message)


async def find(work: Transaction, submission: UUID) -> Submission | None:
    """None for what does not exist and, by PostgreSQL's row-level security, for what is another's."""
    return await work.session.get(Submission, submission)


async def errors_of(work: Transaction, submission: UUID, limit: int | None = None) -> list[SubmissionError]:
    query = select(SubmissionError).where(SubmissionError.submission == submission).order_by("n").limit(limit)
    return list((await work.session.execute(query)).scalars())


async def content_of(work: Transaction, submission: UUID) -> bytes:
    return (await work.session.get_one(SubmissionFile, submission)).content


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
