"""Editions as they were issued, for ever; and the Mondays on which they were reviewed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.aggregation.domain.scope import Level
from services.aggregation.domain.synthesis import SYNTHESIS
from shared.transaction import Transaction

_COLUMNS = "number, form, period, by AS level, edition, issued_on, complete, sha256, registry_version"
_KEEP = """
INSERT INTO edition (number, form, period, by, edition, issued_on, complete, sha256, registry_version,
                     document, content, rows)
VALUES (:number, :form, :period, :level, :edition, :issued_on, :complete, :sha256, :registry_version,
        :document, :content, :rows)
"""
_LAST = """
SELECT DISTINCT ON (by) by AS level, edition, issued_on, content FROM edition
WHERE form = :form AND period = :period ORDER BY by, edition DESC
"""
# A table without rows can gain some by a line of a later quarter: it shows those who reported earlier in the year.
# The synthesis looks at all forms, and at the year before.
_MAY_HAVE_MOVED = """
SELECT last.form, last.period FROM (
    SELECT DISTINCT ON (form, period) form, period, rows, form = :synthesis AS is_synthesis
    FROM edition WHERE by = 'national' AND issued_on < :day ORDER BY form, period, edition DESC) AS last
WHERE :all OR EXISTS (
    SELECT FROM version AS v
    WHERE v.received_on >= :since AND v.received_on < :day AND (is_synthesis OR v.form = last.form)
      AND (last.rows = 0 OR v.period <= last.period
           AND CAST(left(v.period, 4) AS int) >= CAST(left(last.period, 4) AS int) - CAST(is_synthesis AS int)))
ORDER BY last.form, last.period
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """A frozen table; registry_version: of the registry it was made with, 0 where that was not noted."""

    number: str
    form: str
    period: str
    level: Level
    edition: int
    issued_on: date
    complete: bool
    sha256: str
    registry_version: int = 0


@dataclass(frozen=True, slots=True)
class KeptEdition:
    """An edition to keep, with its document and what it is compared by."""

    edition: Edition
    document: str
    content: str
    rows: int


@dataclass(frozen=True, slots=True)
class LastEdition:
    """What was last issued of a table."""

    edition: int
    issued_on: date
    content: str


@dataclass(frozen=True, slots=True)
class Review:
    """A Monday on which all issued tables were looked at."""

    day: date
    registry_version: int


async def keep_editions(work: Transaction, kept: list[KeptEdition]) -> None:
    for item in kept:
        fields = {name: getattr(item.edition, name) for name in Edition.__slots__}
        await work.execute(_KEEP, {**fields, "document": item.document, "content": item.content, "rows": item.rows})


async def last_editions(work: Transaction, form: str, period: str) -> dict[Level, LastEdition]:
    rows = await work.execute(_LAST, {"form": form, "period": period})
    return {row.level: LastEdition(row.edition, row.issued_on, row.content) for row in rows}


async def issued_quarters(work: Transaction) -> set[tuple[str, str]]:
    """Form and period of all that was ever issued."""
    return {(row.form, row.period) for row in await work.execute("SELECT DISTINCT form, period FROM edition")}


async def last_review(work: Transaction) -> Review | None:
    row = (await work.execute("SELECT day, registry_version FROM review ORDER BY day DESC LIMIT 1")).one_or_none()
    return Review(row.day, row.registry_version) if row else None


async def note_review(work: Transaction, review: Review) -> None:
    query = "INSERT INTO review (day, registry_version) VALUES (:day, :version)"
    await work.execute(query, {"day": review.day, "version": review.registry_version})


async def tables_that_may_have_moved(
    work: Transaction, since: date, day: date, *, everything: bool
) -> list[tuple[str, str]]:
    """Form and period of what was issued before `day` and may differ by what was received from `since` on."""
    rows = await work.execute(_MAY_HAVE_MOVED, {"since": since, "day": day, "all": everything, "synthesis": SYNTHESIS})
    return [(row.form, row.period) for row in rows]


async def list_editions(work: Transaction, period: str | None, form: str | None) -> list[Edition]:
    query = f"""
    SELECT {_COLUMNS} FROM edition
    WHERE (CAST(:period AS text) IS NULL OR period = :period) AND (CAST(:form AS text) IS NULL OR form = :form)
    ORDER BY period DESC, form, by, edition DESC
    """
    rows = await work.execute(query, {"period": period, "form": form})
    return [_edition(row) for row in rows]


async def find_edition(work: Transaction, number: str) -> tuple[Edition, str] | None:
    """The edition and its document, as text."""
    query = f"SELECT {_COLUMNS}, document FROM edition WHERE number = :number"
    row = (await work.execute(query, {"number": number})).one_or_none()
    return (_edition(row), row.document) if row else None


def _edition(row: Any) -> Edition:
    return Edition(**{name: getattr(row, name) for name in Edition.__slots__})
