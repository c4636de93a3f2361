"""Decisions on due days, and on how long a period receives: each is kept, the last stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.compliance.domain.closing import ClosingRule
from services.compliance.domain.extensions import DueDays, Extension
from shared.transaction import Transaction

_ALL = "SELECT position, platform, form, period, until, reason, decided_by, decided_at, decided_on FROM extension"
_EXTEND = """
INSERT INTO extension (platform, form, period, until, reason, decided_by, decided_at, decided_on)
VALUES (:platform, :form, :period, :until, :reason, :by, :at, :on) RETURNING position
"""
_RULES = "SELECT position, valid_from, months, reason, decided_by, decided_at FROM closing_rule ORDER BY position"
_RULE = """
INSERT INTO closing_rule (valid_from, months, reason, decided_by, decided_at)
VALUES (:valid_from, :months, :reason, :by, :at)
"""
_STANDING = """
SELECT DISTINCT ON (form, period, platform)
       position, platform, form, period, closed_from, by_rule, reason, decided_by, decided_at
FROM closing ORDER BY form, period, platform, position DESC
"""
_CLOSINGS = """
SELECT position, platform, form, period, closed_from, by_rule, reason, decided_by, decided_at
FROM closing ORDER BY position DESC LIMIT :limit
"""
_CLOSE = """
INSERT INTO closing (platform, form, period, closed_from, by_rule, reason, decided_by, decided_at)
VALUES (:platform, :form, :period, :closed_from, :by_rule, :reason, :by, :at) RETURNING position
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, when and why."""

    by: str
    at: datetime
    reason: str


async def extensions(work: Transaction) -> list[Extension]:
    """In the order in which they were decided."""
    rows = await work.execute(f"{_ALL} ORDER BY position")
    return [Extension(row.platform, row.form, row.period, row.until, row.decided_on) for row in rows]


async def due_days(work: Transaction, before: date | None = None) -> DueDays:
    """`before`: as they were decided when that day began."""
    return DueDays.of(await extensions(work), before)


async def list_extensions(work: Transaction, limit: int) -> Sequence[Any]:
    """The newest first."""
    return (await work.execute(f"{_ALL} ORDER BY position DESC LIMIT :limit", {"limit": limit})).all()


async def keep_extension(work: Transaction, extension: Extension, decision: Decision) -> int:
    """Its number among all decisions."""
    values = {"platform": extension.platform, "form": extension.form, "period": extension.period}
    values |= {"until": extension.until, "on": extension.decided_on}  # type: ignore[dict-item]
    made = await work.execute(_EXTEND, {**values, **_parameters(decision)})
    return int(made.scalar_one())


def _parameters(decision: Decision) -> dict[str, Any]:
    return {"by": decision.by, "at": decision.at, "reason": decision.reason}


async def closing_rules(work: Transaction) -> Sequence[Any]:
    """In the order in which they were set."""
    return (await work.execute(_RULES)).all()


async def known_rules(work: Transaction) -> list[ClosingRule]:
    return [ClosingRule(row.valid_from, row.months) for row in await closing_rules(work)]


async def keep_rule(work: Transaction, rule: ClosingRule, decision: Decision) -> None:
    values = {"valid_from": rule.valid_from, "months": rule.months, **_parameters(decision)}
    await work.execute(_RULE, values)


async def standing_closings(work: Transaction) -> dict[tuple[str, str, str], Any]:
    """By platform ("" = all), form and period: what was said last."""
    return {(row.platform, row.form, row.period): row for row in await work.execute(_STANDING)}


async def list_closings(work: Transaction, limit: int) -> Sequence[Any]:
    """The newest first."""
    return (await work.execute(_CLOSINGS, {"limit": limit})).all()


async def keep_closing(
    work: Transaction, about: tuple[str, str, str], closed_from: date | None, decision: Decision, *, by_rule: bool
) -> int:
    """Its number among all closings and reopenings."""
    platform, form, period = about
    values = {"platform": platform, "form": form, "period": period, "closed_from": closed_from, "by_rule": by_rule}
    made = await work.execute(_CLOSE, {**values, **_parameters(decision)})
    return int(made.scalar_one())
