"""Case counts: how many cases a file holds of each member, and which of them are without any service."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from shared.forms import Column

LINES_KEPT = 20
_YES = "O"


@dataclass(slots=True)
class CaseCount:
    """Of a member; lines: the first ones without any service."""

    cases: int = 0
    without_service: int = 0
    lines: tuple[int, ...] = ()


class CaseCounts:
    """Counts the cases of one file as they come."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.by_member: dict[str, CaseCount] = {}
        self._member_at = next(place for place, column in enumerate(columns) if column.type == "member")
        self._services = itemgetter(*service_places(columns))

    def add(self, line: int, values: Sequence[Any]) -> None:
        code: str = values[self._member_at].code
        count = self.by_member.get(code)
        if count is None:
            count = self.by_member[code] = CaseCount()
        count.cases += 1
        if _YES not in self._services(values):
            count.without_service += 1
            if len(count.lines) < LINES_KEPT:
                count.lines += (line,)


def service_places(columns: Sequence[Column]) -> list[int]:
    """Where a case says what was done: every flag but those that would put it out of scope."""
    return [place for place, column in enumerate(columns) if column.type == "flag" and column.never is None]
