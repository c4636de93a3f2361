"""Receiving a file: judged outside of any transaction, then kept with its bytes and its errors, and said, in one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from services.ingestion.domain import Asked, Error, Line
from services.ingestion.domain.identity import holds_identity
from services.ingestion.domain.signing import Signer
from services.ingestion.domain.warnings import Figures
from services.ingestion.tables.filed_lines import keep_filed
from services.ingestion.tables.judging import Progress, Verdict, judge_sent, refused
from services.ingestion.tables.models import Submission
from services.ingestion.tables.quality import evaluate_quality, keep_quality, read_network_lines
from services.ingestion.tables.receipts import give_receipt
from services.ingestion.tables.reception import Met, meet
from services.ingestion.tables.repeats import answered, remember
from services.ingestion.tables.sent import Sent, printable
from shared.clock import Clock, paris_day
from shared.database import Database
from shared.events import CasesReported, ReportedError, SubmissionAccepted, SubmissionRejected, SubmittedLine
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.readings import read_network
from shared.transaction import Transaction

ERRORS_TOLD = 50
CASES_IN_A_PART = 1_000
_ANOTHER_TRY = 5
_SAID_TOGETHER = 20
_PIECES = "INSERT INTO submission_file (submission, n, platform, content) VALUES (:submission, :n, :platform, :content)"
_PAGES = """
INSERT INTO submission_error_page (submission, first, many, platform, body)
VALUES (:submission, :first, :many, :platform, :body)
"""


@dataclass(frozen=True, slots=True)
class Received:
    """The submission kept, its first errors, and whether it is new (False: the bytes were already standing)."""

    submission: Submission
    is_new: bool
    first_errors: tuple[Error, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """All that a verdict takes from the day of sending: whether the period has ended, and whether it is closed."""

    is_over: bool
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Judging:
    """A verdict with what it was judged against: it holds as long as these do; others: lines to compare it with."""

    registry: int
    place: Place
    verdict: Verdict
    others: Sequence[Figures] = ()


@dataclass(frozen=True, slots=True)
class Reception:
    """How this deployment receives."""

    database: Database
    simulation: bool
    clock: Clock
    signer: Signer


async def receive(at: Reception, sent: Sent, progress: Progress = lambda _: None) -> Received:
    """Judges and keeps a file. The same bytes as the standing version are the same submission: nothing new.

    Raises NoRegistry before any registry, AnotherRequest where its key meant another file. What changed while the
    file was judged makes it be judged again.
    """
    judging: Judging | None = None
    for _ in range(_ANOTHER_TRY):
        async with at.database.transaction(sent.platform) as work:
            met = await meet(work, sent, at.simulation, at.clock)
            network = await read_network(work, met.registry)
            same = await answered(work, sent)
            if same is None and met.standing and met.standing.sha256 == sent.content.sha256:
                same = met.standing.id
                await remember(work, sent, same)
            if same is not None:
                return Received(await work.session.get_one(Submission, same), is_new=False)
            place = Place(_is_over(sent, met.day), met.is_closed)
            if judging and (judging.registry, judging.place) == (met.registry, place):
                received = await _keep(work, sent, judging, network, met)
                await give_receipt(work, received.submission, at.signer)
                return received
        judging = await _judge(at.database, sent, network, met.registry, (met.day, place), progress)
    raise TimeoutError("the registry does not come to rest")


async def _judge(
    database: Database, sent: Sent, network: Network, registry: int, when: tuple[date, Place], progress: Progress
) -> Judging:
    day, place = when
    if sent.found is not None:
        return Judging(registry, place, refused(sent.found, keeps_bytes=False))
    asked = Asked(sent.form, sent.period, sent.platform, network, day, closed=place.is_closed, nil=sent.nil)
    verdict = await judge_sent(sent.content, asked, progress)
    others = await read_network_lines(database, sent, verdict.outcome, day)
    return Judging(registry, place, verdict, others)


def _is_over(sent: Sent, day: date) -> bool:
    try:
        return day > Period.parse(sent.period).last_day
    except ValueError:
        return False


async def _keep(work: Transaction, sent: Sent, judging: Judging, network: Network, met: Met) -> Received:
    verdict, judged = judging.verdict, (judging.verdict.outcome, judging.verdict.lines)
    quality = await evaluate_quality(work, sent, judged, network, met.day, judging.others)
    submission = _submission(sent, verdict, met.moment, met.standing.version if met.standing else 0)
    submission.to_confirm = bool(quality.warnings)
    work.session.add(submission)
    await work.session.flush()
    await work.session.refresh(submission)
    if not verdict.outcome.holds_identity:
        for n, piece in enumerate(sent.content.pieces()):
            parameters = {"submission": submission.id, "n": n, "platform": sent.platform, "content": piece}
            await work.execute(_PIECES, parameters)
    for page in verdict.pages:
        parameters = {"submission": submission.id, "first": page.first, "many": page.many, "body": page.body}
        await work.execute(_PAGES, parameters | {"platform": sent.platform})
    await keep_filed(work, submission, verdict.filed)
    await remember(work, sent, submission.id)
    await keep_quality(work, submission, judged, quality)
    for n, event in enumerate(_events(submission, verdict), start=1):
        work.say(event)
        if n % _SAID_TOGETHER == 0:  # a million cases are not held all at once
            await work.flush_said()
    return Received(submission, is_new=True, first_errors=verdict.first_errors)


def _submission(sent: Sent, verdict: Verdict, moment: datetime, standing: int) -> Submission:
    outcome = verdict.outcome
    return Submission(
        id=uuid4(),
        platform=sent.platform,
        form=sent.form.code,
        period=printable(sent.period, 20),
        verdict=outcome.verdict,
        version=standing + 1 if outcome.verdict == "accepted" else None,
        received_at=moment,
        received_on=paris_day(moment),
        door=sent.door,
        file_name=printable(sent.file_name) or "sans nom",
        sha256=sent.content.sha256,
        size=sent.content.size,
        rows_accepted=outcome.rows_accepted,
        rows_refused=outcome.rows_refused,
        rows_blank=outcome.rows_blank,
        error_count=outcome.error_count,
        sent_by=sent.sent_by,
        certified_by=printable(sent.certified_by),
        smallest_group=outcome.smallest_group,
    )


def _events(
    submission: Submission, verdict: Verdict
) -> Iterator[SubmissionAccepted | SubmissionRejected | CasesReported]:
    about: dict[str, Any] = {
        "submission": submission.id,
        "number": submission.number,
        "platform": submission.platform,
        "form": submission.form,
        "period": submission.period,
        "received_at": submission.received_at,
        "received_on": submission.received_on,
        "door": submission.door,
        "file_name": submission.file_name,
        "sha256": submission.sha256,
    }
    if submission.version is None:
        anonymous = submission.form in FORMS and FORMS[submission.form].anonymous
        errors = tuple(_told(error, anonymous=anonymous) for error in verdict.first_errors[:ERRORS_TOLD])
        yield SubmissionRejected(**about, error_count=submission.error_count, errors=errors)
        return
    lines = tuple(_said(line) for line in verdict.lines)
    cases = submission.rows_accepted if submission.form.startswith("dossiers-") else 0
    yield SubmissionAccepted(
        **about, version=submission.version, lines=lines, cases=cases, to_confirm=submission.to_confirm
    )
    if submission.form.startswith("dossiers-"):
        yield from _case_parts(submission, verdict)


def _case_parts(submission: Submission, verdict: Verdict) -> Iterator[CasesReported]:
    """Numbered from 1; the last one is without rows and says how many there were."""
    about: dict[str, Any] = {
        "submission": submission.id,
        "platform": submission.platform,
        "form": submission.form,
        "period": submission.period,
        "version": submission.version,
    }
    rows = (row[1:] for page in verdict.filed for row in page.rows())
    part = 0
    while some := tuple(islice(rows, CASES_IN_A_PART)):
        part += 1
        yield CasesReported(**about, part=part, rows=some)
    yield CasesReported(**about, part=part + 1, cases=submission.rows_accepted)


def _said(line: Line) -> SubmittedLine:
    return SubmittedLine(
        line=line.line,
        member=line.member,
        department=line.department,
        values=dict(line.values),
        comment=line.comment,
        texts=line.texts,
    )


def _told(error: Error, *, anonymous: bool) -> ReportedError:
    """What is said is kept for ever, and mailed: a case's values, and what names somebody in any file, are left out."""
    hidden = error.value is None or anonymous or holds_identity(error.value)
    value = None if hidden else printable(error.value or "")
    return ReportedError(
        line=error.line,
        column=error.column,
        code=error.code,
        message=error.message,
        value=value,
        expected=error.expected,
    )
