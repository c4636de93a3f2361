"""Quality of an accepted file: its warnings raised and kept with it; those of the versions before no longer matter."""

from collections.abc import Sequence
from datetime import date

from services.ingestion.domain import Line, Outcome
from services.ingestion.domain.warnings import (
    Evaluation,
    Figures,
    QualityWarning,
    Reported,
    evaluate,
    needed_history,
)
from services.ingestion.tables.models import Submission
from services.ingestion.tables.sent import Sent
from services.ingestion.tables.standing import history_of, keep_standing, others_lines
from shared.database import Database
from shared.network import Network
from shared.periods import Period
from shared.transaction import Transaction

# What later files are compared with has one line per member, or is counted per member.
_COMPARED = ("assistance-trimestriel", "mobilite-trimestriel", "dossiers-assistance", "dossiers-mobilite")
_KEEP = """
INSERT INTO warning (submission, n, platform, form, period, line, column_name, code, member, message)
SELECT :submission, found.n, :platform, :form, :period, found.line, found.column_name, found.code, found.member,
       found.message
FROM unnest(CAST(:numbers AS int[]), CAST(:lines AS int[]), CAST(:columns AS text[]), CAST(:codes AS text[]),
            CAST(:members AS text[]), CAST(:messages AS text[]))
     AS found (n, line, column_name, code, member, message)
"""
_EARLIER = """
SELECT id FROM submission
WHERE platform = :platform AND form = :form AND period = :period AND version < :version
"""
# Locked in their order, so that a word said at the same moment is before or after, and neither waits for ever.
_LOCK = f"SELECT 1 FROM warning WHERE submission IN ({_EARLIER}) ORDER BY submission, n FOR UPDATE"
_VOID = f"UPDATE warning SET state = 'void' WHERE state <> 'void' AND submission IN ({_EARLIER})"
_CONFIRMED = f"UPDATE submission SET to_confirm = false WHERE to_confirm AND id IN ({_EARLIER})"


async def read_network_lines(database: Database, sent: Sent, outcome: Outcome, day: date) -> Sequence[Figures]:
    """What the file is compared with of other platforms, by the room's own view; empty where nothing is."""
    if outcome.verdict != "accepted":
        return ()
    needed = needed_history(sent.form, Period.parse(sent.period), day)
    if not needed.network:
        return ()
    async with database.transaction() as work:
        return await others_lines(work, sent.platform, needed)


async def evaluate_quality(
    work: Transaction,
    sent: Sent,
    judged: tuple[Outcome, Sequence[Line]],
    network: Network,
    day: date,
    others: Sequence[Figures],
) -> Evaluation:
    """Of a file that is refused, nothing."""
    outcome, lines = judged
    if outcome.verdict != "accepted":
        return Evaluation()
    period = Period.parse(sent.period)
    history = await history_of(work, sent.platform, needed_history(sent.form, period, day), others)
    reported = Reported(sent.form, period, sent.platform, day, network, lines, outcome.cases, history)
    return evaluate(reported)


async def keep_quality(
    work: Transaction, submission: Submission, judged: tuple[Outcome, Sequence[Line]], found: Evaluation
) -> None:
    """The standing lines and the warnings of a version that now stands."""
    if submission.version is None:
        return
    outcome, lines = judged
    if submission.form in _COMPARED:
        await keep_standing(work, submission, lines, outcome.cases)
    if submission.version > 1:
        await _let_go_of_earlier(work, submission)
    if found.warnings:
        await _keep(work, submission, found.warnings)


async def _let_go_of_earlier(work: Transaction, submission: Submission) -> None:
    place = {"platform": submission.platform, "form": submission.form, "period": submission.period}
    earlier = place | {"version": submission.version}
    if (await work.execute(_LOCK, earlier)).first() is None:
        return  # none of them was ever to be confirmed
    for statement in (_VOID, _CONFIRMED):
        await work.execute(statement, earlier)


async def _keep(work: Transaction, submission: Submission, warnings: Sequence[QualityWarning]) -> None:
    parameters = {
        "submission": submission.id,
        "platform": submission.platform,
        "form": submission.form,
        "period": submission.period,
        "numbers": list(range(1, len(warnings) + 1)),
        "lines": [one.line for one in warnings],
        "columns": [one.column for one in warnings],
        "codes": [one.code for one in warnings],
        "members": [one.member for one in warnings],
        "messages": [one.message for one in warnings],
    }
    await work.execute(_KEEP, parameters)
