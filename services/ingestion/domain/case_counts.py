"""Case counts: how many cases a file holds of each member, and which of them are without any service."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from services.ingestion.domain.told_columns import Told
from shared.forms import Column

LINES_KEPT = 20
_YES = "O"


@dataclass(slots=True)
class CaseCount:
    """Of a member; lines: the first ones without any service."""

    cases: int = 0
    without_service: int = 0
    lines: tuple[int, ...] = ()

    def without(self, line: int) -> None:
        self.without_service += 1
        if len(self.lines) < LINES_KEPT:
            self.lines += (line,)


class CaseCounts:
    """Counts the cases of one file as they come."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.by_member: dict[str, CaseCount] = {}
        self._member_at = next(place for place, column in enumerate(columns) if column.type == "member")
        self._places = service_places(columns)
        self._services = itemgetter(*self._places)

    def add(self, line: int, values: Sequence[Any]) -> None:
        count = self._of(values[self._member_at].code)
        count.cases += 1
        if _YES not in self._services(values):
            count.without(line)

    def add_columns(self, first_line: int, told: Sequence[Told]) -> None:
        """Of rows that follow one another; a member is its code."""
        members = told[self._member_at].values
        for code, many in Counter(members).items():
            self._of(code).cases += many
        services = [told[place] for place in self._places]
        for place, written in enumerate(zip(*(one.cells for one in services), strict=True)):
            # Most say it as it is kept; `oui` is looked at only where none does.
            if _YES not in written and all(one.values[place] != _YES for one in services):
                self._of(members[place]).without(first_line + place)

    def _of(self, code: str) -> CaseCount:
        count = self.by_member.get(code)
        if count is None:
            count = self.by_member[code] = CaseCount()
        return count


def service_places(columns: Sequence[Column]) -> list[int]:
    """Where a case says what was done: every flag but those that would put it out of scope."""
    return [place for place, column in enumerate(columns) if column.type == "flag" and column.never is None]
