"""Warnings of all submissions: those that wait, and what usually becomes of each rule's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.ingestion.domain.warnings import RULES
from services.ingestion.domain.warnings.words import State
from shared.transaction import Transaction

_WANTED = "state = ANY(:states) AND (CAST(:code AS text) IS NULL OR code = :code)"
_COUNT = f"SELECT count(*) FROM warning WHERE {_WANTED}"
_LIST = f"""
SELECT warning.submission, number, warning.platform, warning.form, warning.period, version, received_at, n, line,
       column_name AS column, code, member, message, state
FROM warning JOIN submission ON submission.id = warning.submission
WHERE {_WANTED} ORDER BY number DESC, n LIMIT :limit OFFSET :offset
"""
# The same warning raised again by a later version is one: corrected if no version that stands raises it.
_STATISTICS = """
WITH said AS (
    SELECT submission, n, bool_or(kind = 'explanation') AS explained, bool_or(kind = 'acceptance') AS accepted
    FROM warning_word GROUP BY submission, n
), subject AS (
    SELECT code, bool_or(state IN ('open', 'asked_back')) AS waiting, coalesce(bool_or(explained), false) AS explained,
           coalesce(bool_or(accepted), false) AS accepted, bool_and(state = 'void') AS corrected
    FROM warning LEFT JOIN said USING (submission, n)
    GROUP BY platform, form, period, member, column_name, code
)
SELECT code, count(*) AS raised, count(*) FILTER (WHERE waiting) AS waiting,
       count(*) FILTER (WHERE explained) AS explained,
       count(*) FILTER (WHERE accepted) AS accepted, count(*) FILTER (WHERE corrected) AS corrected
FROM subject GROUP BY code
"""
_ENOUGH_TO_TELL = 10
_ALMOST_ALWAYS = 0.9


@dataclass(frozen=True, slots=True)
class ListedWarning:
    """A warning with the submission it was raised by."""

    submission: UUID
    number: int
    platform: str
    form: str
    period: str
    version: int
    received_at: datetime
    n: int
    line: int | None
    column: str | None
    code: str
    member: str
    message: str
    state: State


@dataclass(frozen=True, slots=True)
class RuleStatistics:
    """What becomes of a rule's warnings, each counted once however many versions raised it."""

    code: str
    raised: int = 0
    waiting: int = 0
    explained: int = 0
    accepted: int = 0
    corrected: int = 0

    @property
    def share_explained(self) -> float:
        """Of those raised; 0 where none was."""
        return self.explained / self.raised if self.raised else 0.0

    @property
    def always_explained(self) -> bool:
        """Whoever meets this rule explains it away: its thresholds say nothing."""
        return self.raised >= _ENOUGH_TO_TELL and self.share_explained >= _ALMOST_ALWAYS


async def list_warnings(
    work: Transaction, states: Sequence[State], code: str | None, limit: int, offset: int
) -> tuple[int, list[ListedWarning]]:
    """How many there are, and one page of them, the newest submission first."""
    wanted = {"states": list(states), "code": code}
    total = int((await work.execute(_COUNT, wanted)).scalar_one())
    rows = await work.execute(_LIST, {**wanted, "limit": limit, "offset": offset})
    return total, [ListedWarning(**row._mapping) for row in rows]


async def statistics(work: Transaction) -> list[RuleStatistics]:
    """Of every rule, in the order of the format."""
    found = {row.code: RuleStatistics(**row._mapping) for row in await work.execute(_STATISTICS)}
    return [found.get(code) or RuleStatistics(code) for code in RULES]
