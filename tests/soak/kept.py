"""What is kept once a soak is over: every submission whole, with all that belongs to it, and nothing beside."""

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from tests.soak.door import Door

_SUBMISSIONS = """
SELECT s.id, s.number, s.form, s.verdict, s.sha256, s.rows_accepted, s.rows_refused, s.error_count,
       (SELECT encode(sha256(string_agg(f.content, CAST('' AS bytea) ORDER BY f.n)), 'hex')
        FROM submission_file AS f WHERE f.submission = s.id) AS kept,
       (SELECT coalesce(sum(p.many), 0) FROM submission_error_page AS p WHERE p.submission = s.id) AS errors,
       (SELECT count(*) FROM receipt AS r WHERE r.submission = s.id) AS receipts
FROM submission AS s ORDER BY s.number
"""
_VERSIONS = """
SELECT platform, form, period, count(*) AS many, max(version) AS last FROM submission
WHERE verdict = 'accepted' GROUP BY platform, form, period HAVING count(*) <> max(version)
"""
_STRAYS = """
SELECT 'underway' AS what, count(*) AS many FROM underway WHERE state <> 'done' OR submission IS NULL
UNION ALL SELECT 'bytes', count(*) FROM submission_file AS f
          WHERE NOT EXISTS (SELECT FROM submission AS s WHERE s.id = f.submission)
UNION ALL SELECT 'receipts', abs(count(*) - (SELECT position FROM chain_head WHERE chain = 'receipt')) FROM receipt
"""
_SAID = "SELECT position, type, body FROM outbox WHERE position > :after ORDER BY position LIMIT 2000"


async def faults_of_what_is_kept(door: Door) -> list[str]:
    """In words."""
    said = [one async for one in _said(door)]
    verdicts = Counter((submission, kind) for submission, kind, _ in said if kind.startswith("Submission"))
    cases = _cases(said)
    faults = []
    for row in await door.house.rows("ingestion", _SUBMISSIONS):
        kind = "SubmissionAccepted" if row.verdict == "accepted" else "SubmissionRejected"
        faults += [f"submission {row.number}: {fault}" for fault in _faults(row)]
        if verdicts.pop((str(row.id), kind), 0) != 1:
            faults.append(f"submission {row.number} is not said once")
        has_cases = row.verdict == "accepted" and row.form.startswith("dossiers-")
        if has_cases and cases.pop(str(row.id), None) != (row.rows_accepted, row.rows_accepted):
            faults.append(f"submission {row.number}: its cases are not all said")
    faults += [f"said, not kept: {submission}" for submission, _ in [*verdicts, *((one, "") for one in cases)]]
    faults += [f"versions of {row.form}: {row.many} up to {row.last}" for row in await _rows(door, _VERSIONS)]
    return faults + [f"{row.many} {row.what} out of place" for row in await _rows(door, _STRAYS) if row.many]


async def _rows(door: Door, query: str) -> list[Any]:
    return await door.house.rows("ingestion", query)


async def _said(door: Door) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    after = 0
    while rows := await door.house.rows("ingestion", _SAID, after=after):
        for row in rows:
            body = json.loads(row.body)
            after = row.position
            if "submission" in body:
                yield body["submission"], row.type, {name: body.get(name) for name in ("part", "rows", "cases")}


def _cases(said: list[tuple[str, str, dict[str, Any]]]) -> dict[str, tuple[int, int | None]]:
    """By submission, how many rows its parts hold, and how many the closing part says."""
    found: dict[str, tuple[int, int | None]] = {}
    for submission, kind, body in said:
        if kind == "CasesReported":
            many, closing = found.get(submission, (0, None))
            found[submission] = (many + len(body["rows"]), closing if body["cases"] is None else body["cases"])
    return found


def _faults(row: Any) -> list[str]:
    faults = []
    if row.kept is not None and row.kept != row.sha256:
        faults.append("its bytes are not those received")
    if row.kept is None and row.sha256 != hashlib.sha256(b"").hexdigest() and not _may_have_gone(row):
        faults.append("its bytes are not kept")
    if row.errors != row.error_count:
        faults.append(f"{row.errors} of {row.error_count} errors")
    if row.receipts != 1:
        faults.append(f"{row.receipts} receipts")
    if (row.verdict == "accepted" and row.rows_refused) or (row.verdict == "rejected" and row.rows_accepted):
        faults.append("rows accepted beside rows refused")
    return faults


def _may_have_gone(row: Any) -> bool:
    """Of a case file that may name somebody nothing is kept."""
    return bool(row.form.startswith("dossiers-") and row.verdict == "rejected")
