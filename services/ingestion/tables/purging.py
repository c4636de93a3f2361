"""The daily purge: what has had its time is destroyed, and a signed record says what went."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import Any
from uuid import UUID

from services.ingestion.domain.keeping import last_case_year_over, refused_until, sent_on_until
from services.ingestion.domain.signing import Signer
from services.ingestion.tables.chains import KNOW_KEY, MOVE_HEAD, add_to_chain, spelled
from shared.clock import midnight
from shared.transaction import Transaction

SUBMISSIONS_AT_ONCE = 200
BYTES_AT_ONCE = 64 * 1024 * 1024
PARTS_AT_ONCE = 500

# Cases first: their last day is the law's.
_DUE = """
SELECT id, number, platform, form, period, version, sha256, size, 'case_year_over' AS why FROM submission
WHERE destroyed_on IS NULL AND form LIKE 'dossiers-%' AND period ~ '^[0-9]{4}$' AND period <= :case_year
UNION ALL
SELECT id, number, platform, form, period, version, sha256, size, 'refused' AS why FROM submission
WHERE destroyed_on IS NULL AND verdict = 'rejected' AND received_on <= :refused_until
  AND NOT (form LIKE 'dossiers-%' AND period ~ '^[0-9]{4}$' AND period <= :case_year)
ORDER BY why, number LIMIT :many
"""
_FILES = "DELETE FROM submission_file WHERE submission = ANY(:ids) RETURNING submission"
_ERRORS = "DELETE FROM submission_error_page WHERE submission = ANY(:ids) RETURNING submission"
_LINES = "DELETE FROM filed_line_page WHERE submission = ANY(:ids) RETURNING submission"
# What the SFTP folders still show of it: the file, the verdict beside it and, where it was refused, the receipt,
# which repeats values received.
_FOLDERS = """
DELETE FROM sftp_file AS shown USING sftp_file AS laid JOIN submission ON submission.id = laid.submission
WHERE laid.submission = ANY(:ids) AND shown.platform = laid.platform AND shown.folder = laid.folder
  AND shown.name IN (laid.name, laid.name || '.verdict.json', laid.name || '.verdict.txt')
  AND (laid.folder = 'depots' OR submission.verdict = 'rejected')
RETURNING laid.submission
"""
_OLD_FOLDERS = "DELETE FROM sftp_file WHERE gone_at <= now()"
_DESTROYED_OF = {"file_pieces": _FILES, "error_pages": _ERRORS, "line_pages": _LINES, "laid_files": _FOLDERS}
_DESTROYED = "UPDATE submission SET destroyed_on = :day WHERE id = ANY(:ids)"
# Of a body only its beginning is read: it may hold a thousand cases.
_PARTS = """
WITH part AS (
    SELECT position, CAST(substring(left(body, 100) FROM '"submission":"([0-9a-f-]{36})"') AS uuid) AS submission
    FROM outbox WHERE topic = 'cases' AND published_at IS NOT NULL ORDER BY position
), due AS (
    SELECT part.position FROM part JOIN submission ON submission.id = part.submission
    WHERE submission.received_on <= :sent_until OR submission.destroyed_on IS NOT NULL LIMIT :many
), gone AS (
    DELETE FROM outbox USING due WHERE outbox.position = due.position RETURNING outbox.position
)
SELECT submission.id, submission.number, submission.platform, submission.form, submission.period, submission.version,
       submission.sha256, submission.size, 'transport_over' AS why, count(*) AS parts
FROM gone JOIN part USING (position) JOIN submission ON submission.id = part.submission
GROUP BY submission.id ORDER BY submission.number
"""
_RECORD = f"""
WITH {KNOW_KEY}, {MOVE_HEAD}
INSERT INTO destruction (position, day, submission, platform, sha256, why, key, signed)
SELECT :first + gone.n - 1, :day, gone.submission, gone.platform, gone.sha256, gone.why, :key, gone.signed
FROM unnest(CAST(:submissions AS uuid[]), CAST(:platforms AS text[]), CAST(:hashes AS text[]), CAST(:whys AS text[]),
            CAST(:signed AS text[])) WITH ORDINALITY AS gone (submission, platform, sha256, why, signed, n)
"""


async def purge(work: Transaction, day: date, signer: Signer) -> bool:
    """Destroys what has had its time on that day, up to a bound; whether there may be more.

    One purge at a time. Nothing goes without its record: both are in this transaction.
    """
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('ingestion-purge'))")
    await work.execute(_OLD_FOLDERS)
    due = await _due(work, day)
    chosen = _within_bounds(due)
    gone = await _destroy(work, day, chosen)
    parts = list(await work.execute(_PARTS, {"sent_until": sent_on_until(day), "many": PARTS_AT_ONCE}))
    records = [*gone, *(_content(day, row, {"messages": row.parts}) for row in parts)]
    if records:
        await _record(work, day, records, signer)
    parts_gone: int = sum(row.parts for row in parts)
    is_full: bool = len(due) == SUBMISSIONS_AT_ONCE or parts_gone == PARTS_AT_ONCE
    return is_full or len(due) > len(chosen)


async def _due(work: Transaction, day: date) -> Sequence[Any]:
    until = {"case_year": str(last_case_year_over(day)), "refused_until": refused_until(day)}
    return list(await work.execute(_DUE, {**until, "many": SUBMISSIONS_AT_ONCE}))


def _within_bounds(due: Sequence[Any]) -> Sequence[Any]:
    """At least one, however large."""
    totals = accumulate(row.size for row in due)
    return [row for row, total in zip(due, totals, strict=True) if total <= BYTES_AT_ONCE] or due[:1]


async def _destroy(work: Transaction, day: date, chosen: Sequence[Any]) -> list[dict[str, Any]]:
    """What to record: a submission of which nothing was kept has nothing to be recorded."""
    if not chosen:
        return []
    ids = [row.id for row in chosen]
    counts = {name: await _count(work, statement, ids) for name, statement in _DESTROYED_OF.items()}
    await work.execute(_DESTROYED, {"ids": ids, "day": day})
    contents = [_content(day, row, {name: found.get(row.id, 0) for name, found in counts.items()}) for row in chosen]
    return [content for content in contents if any(content["gone"].values())]


async def _count(work: Transaction, statement: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = f"WITH gone (id) AS ({statement}) SELECT id, count(*) AS many FROM gone GROUP BY id"
    return {row.id: row.many for row in await work.execute(query, {"ids": ids})}


def _content(day: date, row: Any, gone: dict[str, int]) -> dict[str, Any]:
    same = ("number", "platform", "form", "period", "version", "sha256", "size", "why")
    about = {name: getattr(row, name) for name in same}
    when = {"day": day.isoformat(), "time": spelled(midnight(day))}
    return {"format": 1, **when, "submission": str(row.id), "gone": gone, **about}


async def _record(work: Transaction, day: date, contents: Sequence[dict[str, Any]], signer: Signer) -> None:
    links = await add_to_chain(work, "destruction", contents, midnight(day), signer)
    columns = {
        "submissions": [UUID(content["submission"]) for content in contents],
        "platforms": [content["platform"] for content in contents],
        "hashes": [content["sha256"] for content in contents],
        "whys": [content["why"] for content in contents],
        "signed": [link.decode() for link in links.signed],
    }
    await work.execute(_RECORD, {**links.parameters, **columns, "first": links.first, "day": day})
