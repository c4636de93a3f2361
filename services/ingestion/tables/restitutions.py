"""Restitutions: their parts until all are there, and the files that the SFTP folders then show, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.ingestion.tables.laid import Laid
from shared.events import RestitutionIssued
from shared.transaction import Transaction

_ISSUE = """
INSERT INTO restitution_issue (day, parts) VALUES (:day, :parts)
ON CONFLICT (day) DO UPDATE SET parts = restitution_issue.parts RETURNING laid_at
"""
_PART = "INSERT INTO restitution_part (day, part, body) VALUES (:day, :part, :body) ON CONFLICT DO NOTHING"
_WHOLE = """
SELECT day FROM restitution_issue AS issue
WHERE laid_at IS NULL AND parts = (SELECT count(*) FROM restitution_part AS part WHERE part.day = issue.day)
ORDER BY day LIMIT 1
"""
_PARTS = "SELECT body FROM restitution_part WHERE day = :day ORDER BY part"
# Another process may have laid the same: files made from the same document are the same bytes.
_LAY = """
INSERT INTO restitution_file (platform, name, content, sha256, issued_on)
SELECT '', name, content, encode(sha256(content), 'hex'), :day
FROM unnest(CAST(:names AS text[]), CAST(:contents AS bytea[])) AS made (name, content)
ON CONFLICT DO NOTHING
"""
_TO_LAY = "SELECT count(*) FROM restitution_issue WHERE laid_at IS NULL"
_SEEN = "platform IN ('', :platform)"
_DAYS = f"SELECT DISTINCT issued_on FROM restitution_file WHERE {_SEEN} ORDER BY issued_on"
_FILES = f"""
SELECT DISTINCT ON (name) name, octet_length(content) AS size, CAST(issued_on AS timestamptz) AS laid_at
FROM restitution_file WHERE {_SEEN} AND issued_on = :day ORDER BY name, platform DESC
"""
_READ = f"""
SELECT content FROM restitution_file WHERE {_SEEN} AND issued_on = :day AND name = :name ORDER BY platform DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file of an issue, for all platforms."""

    name: str
    content: bytes


async def keep_part(work: Transaction, event: RestitutionIssued) -> None:
    """Once, in any order; a part of what already lies in the folders is dropped."""
    issue = await work.execute(_ISSUE, {"day": event.day, "parts": event.parts})
    if issue.scalar_one() is None:
        await work.execute(_PART, {"day": event.day, "part": event.part, "body": event.model_dump_json()})


async def issue_to_lay(work: Transaction) -> tuple[date, list[str]] | None:
    """The oldest whose parts are all there and whose files are not made yet."""
    day: date | None = (await work.execute(_WHOLE)).scalar_one_or_none()
    return (day, list((await work.execute(_PARTS, {"day": day})).scalars())) if day else None


async def lay_issue(work: Transaction, day: date, files: Sequence[MadeFile]) -> None:
    """All at once: nobody finds half of an issue. Its parts are no longer needed, aggregation keeps the editions."""
    parameters = {"names": [file.name for file in files], "contents": [file.content for file in files], "day": day}
    await work.execute(_LAY, parameters)
    await work.execute("UPDATE restitution_issue SET laid_at = now() WHERE day = :day", {"day": day})
    await work.execute("DELETE FROM restitution_part WHERE day = :day", {"day": day})


async def issues_to_lay(work: Transaction) -> dict[str, int]:
    """What is still to be done, by name."""
    return {"restitutions": int((await work.execute(_TO_LAY)).scalar_one())}


async def days_of_issue(work: Transaction, platform: str) -> list[date]:
    """Of what the platform may read."""
    return list((await work.execute(_DAYS, {"platform": platform})).scalars())


async def list_restitutions(work: Transaction, platform: str, day: date) -> list[Laid]:
    """The platform's own before those of the same name for all."""
    rows = await work.execute(_FILES, {"platform": platform, "day": day})
    return [Laid(row.name, row.size, row.laid_at) for row in rows]


async def read_restitution(work: Transaction, platform: str, day: date, name: str) -> bytes | None:
    found = await work.execute(_READ, {"platform": platform, "day": day, "name": name})
    content: bytes | None = found.scalar_one_or_none()
    return content
