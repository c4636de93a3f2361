"""Told columns: what the cells of a column say, worked out where somebody asks; and the cases that they make."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

# A right case: its values in the order of the form's columns, as JSON holds them; an amount is written out.
Case = list[Any]


class Told:
    """A column of right cells; `say` tells what each says, as JSON holds it."""

    def __init__(self, cells: Sequence[str], say: Callable[[str], Any]) -> None:
        self.cells, self.say = cells, say

    @cached_property
    def values(self) -> list[Any]:
        return list(map(self.say, self.cells))


class Cases:
    """Right cases in the order of the form's columns, row by row or column by column as they came."""

    def __init__(self) -> None:
        self._some: list[Case | list[Told | None]] = []
        self._are_columns: list[bool] = []
        self._many = 0

    def __len__(self) -> int:
        return self._many

    def __iter__(self) -> Iterator[Case]:
        for some, are_columns in zip(self._some, self._are_columns, strict=True):
            if are_columns:
                yield from _rows(some)
            else:
                yield some

    def add(self, case: Case) -> None:
        self._put(case, 1, are_columns=False)

    def add_columns(self, columns: list[Told | None]) -> None:
        """None stands for a column that the file has left out."""
        self._put(columns, next(len(one.cells) for one in columns if one), are_columns=True)

    def _put(self, some: Case | list[Told | None], many: int, *, are_columns: bool) -> None:
        self._some.append(some)
        self._are_columns.append(are_columns)
        self._many += many


def _rows(columns: Sequence[Told | None]) -> Iterator[Case]:
    many = next(len(one.cells) for one in columns if one)
    yield from map(list, zip(*([None] * many if one is None else one.values for one in columns), strict=True))
