"""The archives: every edition that was given back, found by year, quarter and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.notification.domain.archives import archived, searched
from shared.events import IssuedEdition
from shared.transaction import Transaction

_KEEP = """
INSERT INTO archived_edition (number, issued_on, year, quarter, form, level, edition, complete, sha256, title, words)
VALUES (:number, :issued_on, :year, :quarter, :form, :level, :edition, :complete, :sha256, :title, :words)
ON CONFLICT DO NOTHING
"""
_FOUND = """
FROM archived_edition
WHERE year = coalesce(CAST(:year AS int), year) AND (CAST(:quarter AS int) IS NULL OR quarter = :quarter)
  AND words LIKE ALL (CAST(:words AS text[]))
"""
_LIST = f"""
SELECT number, issued_on, year, quarter, form, level, edition, complete, sha256, title {_FOUND}
ORDER BY year DESC, quarter DESC NULLS FIRST, issued_on DESC, position LIMIT :limit OFFSET :offset
"""
_YEARS = "SELECT DISTINCT year FROM archived_edition ORDER BY year DESC"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None and "" = all."""

    words: str = ""
    year: int | None = None
    quarter: int | None = None

    def parameters(self) -> dict[str, Any]:
        return {"words": searched(self.words), "year": self.year, "quarter": self.quarter}


async def archive(work: Transaction, day: date, editions: Sequence[IssuedEdition]) -> None:
    """In the order in which they are shown; each number once."""
    for one in (archived(edition, day) for edition in editions):
        values = one.edition.model_dump(include={"number", "form", "edition", "complete", "sha256"})
        more = {"issued_on": day, "year": one.period.year, "quarter": one.period.quarter, "level": one.edition.by}
        await work.execute(_KEEP, {**values, **more, "title": one.title, "words": one.words})


async def count_archived(work: Transaction, search: Search) -> int:
    return int((await work.execute(f"SELECT count(*) {_FOUND}", search.parameters())).scalar_one())


async def list_archived(work: Transaction, search: Search, limit: int, offset: int) -> Sequence[Any]:
    """The newest period first, within it the newest issue."""
    return (await work.execute(_LIST, {**search.parameters(), "limit": limit, "offset": offset})).all()


async def archived_years(work: Transaction) -> list[int]:
    return list((await work.execute(_YEARS)).scalars())
