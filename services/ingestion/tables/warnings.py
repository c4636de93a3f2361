"""Warnings as kept: read with what was said of each, and words added; another platform's are not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.ingestion.domain.warnings.words import STEPS, Kind, State, is_to_confirm
from services.ingestion.tables.models import Submission
from shared.events import ExplainedWarning, WarningsExplained
from shared.transaction import Transaction

_FIND = """
SELECT n, line, column_name AS column, code, member, message, state
FROM warning WHERE submission = :submission ORDER BY n
"""
_WORDS = """
SELECT n, kind, role, said_by, said_at, text FROM warning_word WHERE submission = :submission ORDER BY n, place
"""
_SAY = """
INSERT INTO warning_word (submission, n, place, platform, kind, role, said_by, said_at, text)
SELECT :submission, :n, count(*) + 1, :platform, :kind, :role, :said_by, :said_at, :text
FROM warning_word WHERE submission = :submission AND n = :n
"""
_MOVE = "UPDATE warning SET state = :state WHERE submission = :submission AND n = :n"
_REVISION = "SELECT count(*) FROM warning_word WHERE submission = :submission"
# Of the same platform alone; neither what it was asked about again, nor the warning's own.
_REMEMBERED = """
SELECT DISTINCT ON (own.n) own.n, past.period, word.said_at, word.text
FROM warning AS own
JOIN warning AS past ON past.platform = own.platform AND past.form = own.form AND past.member = own.member
    AND past.code = own.code AND (past.submission, past.n) <> (own.submission, own.n)
JOIN warning_word AS word ON word.submission = past.submission AND word.n = past.n AND word.kind = 'explanation'
WHERE own.submission = :submission AND own.state IN ('open', 'asked_back') AND NOT EXISTS (
    SELECT FROM warning_word AS later
    WHERE later.submission = word.submission AND later.n = word.n AND later.place > word.place
        AND later.kind = 'question'
)
ORDER BY own.n, word.said_at DESC, word.place DESC
"""


class NoSuchWarning(Exception):
    """The submission has no warning of that number, or is another's."""


class NotNow(Exception):
    """The warning's state does not allow what was to be said."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something said about a warning; it stays as it was said."""

    kind: Kind
    role: str
    said_by: str
    said_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """How the same warning was explained before, and for which period."""

    period: str
    said_at: datetime
    text: str


@dataclass(slots=True)
class KeptWarning:
    """A warning with its thread."""

    n: int
    line: int | None
    column: str | None
    code: str
    member: str
    message: str
    state: State
    words: list[Word] = field(default_factory=list)
    remembered: Remembered | None = None


async def warnings_of(work: Transaction, submission: UUID) -> list[KeptWarning]:
    """In their order, each with what was said of it and how it was explained another time."""
    place = {"submission": submission}
    found = {row.n: KeptWarning(**row._mapping) for row in await work.execute(_FIND, place)}
    if not found:
        return []
    for row in await work.execute(_WORDS, place):
        found[row.n].words.append(Word(row.kind, row.role, row.said_by, row.said_at, row.text))
    for n, remembered in (await remembered_of(work, submission)).items():
        found[n].remembered = remembered
    return list(found.values())


async def remembered_of(work: Transaction, submission: UUID) -> Mapping[int, Remembered]:
    """By the number of the warning that waits for an explanation."""
    rows = await work.execute(_REMEMBERED, {"submission": submission})
    return {row.n: Remembered(row.period, row.said_at, row.text) for row in rows}


async def say_word(work: Transaction, submission: Submission, n: int, word: Word) -> None:
    """Adds to the thread, and says what of the submission is explained; raises NoSuchWarning, NotNow."""
    found = await _locked(work, submission.id)
    if n not in found:
        raise NoSuchWarning
    step = STEPS[word.kind]
    if found[n].state not in step.before:
        raise NotNow
    place = {"submission": submission.id, "n": n}
    said = {"kind": word.kind, "role": word.role, "said_by": word.said_by, "said_at": word.said_at, "text": word.text}
    await work.execute(_SAY, {**place, "platform": submission.platform, **said})
    await work.execute(_MOVE, {**place, "state": step.after})
    found[n].state = step.after
    submission.to_confirm = is_to_confirm(one.state for one in found.values())
    if word.kind != "acceptance":
        await _say_what_is_explained(work, submission, list(found.values()))


async def _locked(work: Transaction, submission: UUID) -> dict[int, KeptWarning]:
    rows = await work.execute(f"{_FIND} FOR UPDATE", {"submission": submission})
    return {row.n: KeptWarning(**row._mapping) for row in rows}


async def _say_what_is_explained(work: Transaction, submission: Submission, found: Sequence[KeptWarning]) -> None:
    assert submission.version is not None
    explained = [one for one in found if one.state in ("explained", "accepted")]
    revision = int((await work.execute(_REVISION, {"submission": submission.id})).scalar_one())
    event = WarningsExplained(
        submission=submission.id,
        platform=submission.platform,
        form=submission.form,
        period=submission.period,
        version=submission.version,
        revision=revision,
        explained=tuple(ExplainedWarning(code=one.code, member=one.member) for one in explained),
        to_confirm=submission.to_confirm,
    )
    work.say(event)
