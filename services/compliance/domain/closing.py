"""When a period closes: so many months after its deadline, by a rule that holds from a period on, or as decided."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.periods import Period

LONGEST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """Holds for periods whose last day is `valid_from` or later; months None = they never close by themselves."""

    valid_from: date
    months: int | None


def rule_for(rules: Sequence[ClosingRule], period: Period) -> ClosingRule | None:
    """Rules in the order in which they were set: of those that hold, the latest to begin, then the last set."""
    holding = [(rule.valid_from, n) for n, rule in enumerate(rules) if rule.valid_from <= period.last_day]
    return rules[max(holding)[1]] if holding else None


def months_after(day: date, months: int) -> date:
    """The same day of the month, or the month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def closed_from(due: date, rule: ClosingRule | None) -> date | None:
    """The first day on which nothing more is received; None = it stays open."""
    if rule is None or rule.months is None:
        return None
    return months_after(due, rule.months) + timedelta(days=1)
