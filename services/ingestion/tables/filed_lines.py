"""Filed lines as kept: those of a version, and those in a member's name whatever platform filed them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ingestion.domain.filed import Row
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.models import Submission
from shared.transaction import Transaction

_TOGETHER = 50
_OVERTAKEN = """
UPDATE filed_line_page SET stands = false
WHERE platform = :platform AND form = :form AND period = :period AND stands
"""
_KEEP = """
INSERT INTO filed_line_page
    (submission, member, n, many, platform, form, period, version, number, received_at, body)
SELECT :submission, page.member, page.n, page.many, :platform, :form, :period, :version, :number, :received_at,
       page.body
FROM unnest(CAST(:members AS text[]), CAST(:numbers AS int[]), CAST(:manys AS int[]), CAST(:bodies AS bytea[]))
     AS page (member, n, many, body)
"""
_OF_VERSION = "SELECT member, n, many, body FROM filed_line_page WHERE submission = :submission ORDER BY member, n"
_WANTED = """
(CAST(:submission AS uuid) IS NULL OR submission = :submission)
  AND (CAST(:member AS text) IS NULL OR member = :member) AND (CAST(:platform AS text) IS NULL OR platform = :platform)
  AND (CAST(:form AS text) IS NULL OR form = :form) AND (CAST(:period AS text) IS NULL OR period = :period)
  AND (stands OR NOT :standing)
"""
_TOTAL = f"SELECT coalesce(sum(many), 0) FROM filed_line_page WHERE {_WANTED}"
# The newest period first; within a version the order of its members, then of the file.
_SOME = f"""
WITH place AS (
    SELECT submission, member, n, many, sum(many) OVER (
        ORDER BY period DESC, form, platform, version DESC, member, n) AS last
    FROM filed_line_page WHERE {_WANTED}
)
SELECT page.submission, page.platform, page.form, page.period, page.version, page.number, page.received_at, page.stands,
       page.member, page.n, page.many, page.body, CAST(place.last - place.many AS bigint) + 1 AS first
FROM place JOIN filed_line_page AS page USING (submission, member, n)
WHERE place.last >= :first AND place.last - place.many + 1 < :first + :size
ORDER BY place.last
"""
_FILINGS = f"""
SELECT submission, platform, form, period, version, number, received_at, stands, sum(many) AS many
FROM filed_line_page WHERE {_WANTED}
GROUP BY submission, platform, form, period, version, number, received_at, stands
"""
_SOME_FILINGS = f"{_FILINGS} ORDER BY period DESC, form, platform, version DESC LIMIT :size OFFSET :offset"


@dataclass(frozen=True, slots=True)
class WantedLines:
    """Which lines are wanted; None = all. standing: of versions in force alone."""

    submission: UUID | None = None
    member: str | None = None
    platform: str | None = None
    form: str | None = None
    period: str | None = None
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """A version in which somebody has lines; `many` of them. `stands` unless a newer version has been accepted."""

    submission: UUID
    platform: str
    form: str
    period: str
    version: int
    number: int
    received_at: datetime
    stands: bool
    many: int


@dataclass(frozen=True, slots=True)
class FiledLine:
    """A row as kept, with the version that it is of."""

    filing: Filing
    member: str
    columns: tuple[str, ...]
    row: Row


async def keep_filed(work: Transaction, submission: Submission, pages: Sequence[FiledPage]) -> None:
    """The rows of a version that stands from now on."""
    about: dict[str, Any] = {"platform": submission.platform, "form": submission.form, "period": submission.period}
    if submission.version and submission.version > 1:
        await work.execute(_OVERTAKEN, about)
    about |= {"submission": submission.id, "version": submission.version}
    about |= {"number": submission.number, "received_at": submission.received_at}
    for start in range(0, len(pages), _TOGETHER):
        some = pages[start : start + _TOGETHER]
        columns = {
            "members": [page.member for page in some],
            "numbers": [page.n for page in some],
            "manys": [page.many for page in some],
            "bodies": [page.body for page in some],
        }
        await work.execute(_KEEP, {**about, **columns})


async def pages_of_version(work: Transaction, submission: UUID) -> list[FiledPage]:
    return [FiledPage(**row._mapping) for row in await work.execute(_OF_VERSION, {"submission": submission})]


async def lines_wanted(work: Transaction, wanted: WantedLines, first: int, size: int) -> tuple[int, list[FiledLine]]:
    """How many there are, and so many from number `first` on."""
    total = int((await work.execute(_TOTAL, asdict(wanted))).scalar_one())
    rows = await work.execute(_SOME, {**asdict(wanted), "first": first, "size": size})
    return total, [line for row in rows for line in _lines_of(row, first, size)]


def _lines_of(row: Any, first: int, size: int) -> Iterator[FiledLine]:
    values = row._mapping
    filing = Filing(**{name: values[name] for name in Filing.__slots__})
    filed = FiledPage(row.member, row.n, row.many, row.body).filed()
    for number, kept in enumerate(filed.rows, start=row.first):
        if first <= number < first + size:
            yield FiledLine(filing, row.member, filed.columns, kept)


async def filings_wanted(work: Transaction, wanted: WantedLines, size: int, offset: int) -> tuple[int, list[Filing]]:
    """How many versions, and some of them, the newest period first."""
    total = int((await work.execute(f"SELECT count(*) FROM ({_FILINGS}) AS filing", asdict(wanted))).scalar_one())
    rows = await work.execute(_SOME_FILINGS, {**asdict(wanted), "size": size, "offset": offset})
    return total, [Filing(**{**row._mapping, "many": int(row.many)}) for row in rows]
