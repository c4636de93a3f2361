"""Right rows: cases that are all right, taken a column at a time; what is not surely right is left to the row judge."""

import re
from collections.abc import Sequence
from typing import Any

from services.ingestion.domain.cells import Broken, Judged
from services.ingestion.domain.kept_rows import plain
from services.ingestion.domain.rows import RowJudge
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, Columns
from services.ingestion.domain.told_columns import Told
from shared.forms import Column, Form
from shared.network import Member

_MOST_REMEMBERED = 50_000
_TYPES = frozenset({"member", "amount", "count", "code", "flag", "postcode"})
# Nine digits at most: fewer than any number that could name a person.
_AMOUNT = r"(?:[0-9]{1,3}+(?:[ \u00a0\u202f][0-9]{3})?+(?![0-9])|[0-9]{1,7}+)(?:[.,][0-9]{1,2}+)?+"
_AMOUNTS = re.compile(rf"{_AMOUNT}(?:\n{_AMOUNT})*+")
_LARGEST_AMOUNT = 10**7
_GROUPING = str.maketrans("", "", " \u00a0\u202f")


class _NotSurelyRight(Exception):
    """Some cell is wrong, or is not known to be right."""


class _Known(dict[str, Any]):
    """What the cells of a column say, by their text, as JSON holds it; only what is right."""

    def __init__(self, judged: Judged, rows: RowJudge, service: str) -> None:
        super().__init__()
        self._judged, self._rows, self._service = judged, rows, service

    def __missing__(self, text: str) -> Any:
        value = self._judged[text]
        if isinstance(value, Broken) or len(text) > MAX_CELL_CHARACTERS:
            raise _NotSurelyRight
        if isinstance(value, Member) and self._rows.standing(value, self._service):
            raise _NotSurelyRight
        kept = plain(value)
        if len(self) < _MOST_REMEMBERED:
            self[text] = kept
        return kept

    def hold(self, cells: Sequence[str]) -> None:
        """Raises _NotSurelyRight where one of them is not."""
        for text in set(cells).difference(self):
            self[text]


class RightRows:
    """Looks at the columns of one file's rows; what it says of them is what the row judge would say."""

    def __init__(self, rows: RowJudge, form: Form) -> None:
        self._rows = rows
        self._known = [_Known(judged, rows, form.services[0]) for judged in rows.judged]
        self._are_amounts = [_takes_amounts(column) for column in rows.columns]

    @classmethod
    def of(cls, rows: RowJudge, form: Form) -> "RightRows | None":
        """None for a form whose rows are not judged by their cells and the comparisons between them alone."""
        alone = form.anonymous and not form.key and not form.whole and len(form.services) == 1
        types = {column.type for column in rows.columns}
        compared = {rows.columns[place].type for one in rows.comparisons for _, place in one.needs}
        if not alone or not types <= _TYPES or rows.member_at is None or compared - {"count"}:
            return None
        return cls(rows, form)

    def told(self, written: Columns) -> list[Told] | None:
        """In the header's order; None where not every row is surely right. A member is required: none is blank."""
        if len(written.columns) != len(self._known):
            return None
        try:
            told = [self._column(place, cells) for place, cells in enumerate(written.columns)]
        except _NotSurelyRight:
            return None
        return None if self._is_broken(told) else told

    def _column(self, place: int, cells: Sequence[str]) -> Told:
        if self._are_amounts[place] and _are_plain_amounts(cells):
            return Told(cells, _two_decimals)
        self._known[place].hold(cells)
        return Told(cells, self._known[place].__getitem__)

    def _is_broken(self, told: Sequence[Told]) -> bool:
        for placed in self._rows.comparisons:
            names = [name for name, _ in placed.needs]
            for some in set(zip(*(told[place].values for _, place in placed.needs), strict=True)):
                if placed.comparison.breaks(dict(zip(names, some, strict=True))):
                    return True
        return False


def _takes_amounts(column: Column) -> bool:
    return column.type == "amount" and column.minimum <= 0 and column.maximum >= _LARGEST_AMOUNT


def _are_plain_amounts(cells: Sequence[str]) -> bool:
    text = "\n".join(cells)
    return bool(_AMOUNTS.fullmatch(text)) and text.count("\n") == len(cells) - 1


def _two_decimals(plain_amount: str) -> str:
    whole, _, decimals = plain_amount.replace(",", ".").partition(".")
    return f"{int(whole.translate(_GROUPING))}.{decimals:0<2}"
