"""Issues on their way: their parts, until all are there and everybody has been written to."""

from datetime import date

from shared.events import RestitutionIssued
from shared.transaction import Transaction

_ISSUE = """
INSERT INTO issue (day, parts) VALUES (:day, :parts)
ON CONFLICT (day) DO UPDATE SET parts = issue.parts RETURNING bundled_at
"""
_PART = "INSERT INTO issue_part (day, part, body) VALUES (:day, :part, :body) ON CONFLICT DO NOTHING"
_WHOLE = """
SELECT day FROM issue
WHERE bundled_at IS NULL AND parts = (SELECT count(*) FROM issue_part WHERE issue_part.day = issue.day)
ORDER BY day FOR UPDATE
"""
_BUNDLED = "UPDATE issue SET bundled_at = now(), recipients = :recipients WHERE day = :day"


async def keep_part(work: Transaction, event: RestitutionIssued) -> None:
    """Once, in any order; a part of what everybody has received is dropped."""
    issue = await work.execute(_ISSUE, {"day": event.day, "parts": event.parts})
    if issue.scalar_one() is None:
        parameters = {"day": event.day, "part": event.part, "body": event.model_dump_json()}
        await work.execute(_PART, parameters)


async def whole_issues(work: Transaction) -> list[date]:
    """Issues whose parts are all there and that nobody has been sent; held until the end of the transaction."""
    return list((await work.execute(_WHOLE)).scalars())


async def parts_of(work: Transaction, day: date) -> list[str]:
    query = "SELECT body FROM issue_part WHERE day = :day ORDER BY part"
    return list((await work.execute(query, {"day": day})).scalars())


async def close_issue(work: Transaction, day: date, recipients: int) -> None:
    """Everybody's message is made: the parts are no longer needed, aggregation keeps the editions."""
    await work.execute(_BUNDLED, {"day": day, "recipients": recipients})
    await work.execute("DELETE FROM issue_part WHERE day = :day", {"day": day})
