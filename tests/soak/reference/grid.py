"""Grids: what the second reader has read of a file, whatever its kind, and why it read nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2_000_000, 200, 2_000


class NotRead(Exception):
    """The file cannot be read, or is over a limit: its code is what is to be answered."""

    def __init__(self, code: str = "unreadable_file") -> None:
        super().__init__(code)
        self.code = code


class NoOpinion(Exception):
    """The library that reads gave up where another might not: nothing can be compared."""


class Loose(str):
    """A number of JSON whose spelling a reader need not keep: `-0`, an exponent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows with their lines, blank ones left out; the first is the header. `blank` counts the others.

    doubtful: read where others gave up.
    """

    rows: list[tuple[int, list[str]]]
    blank: int
    doubtful: bool = False


def grid_of(records: Iterable[tuple[int, list[str]]]) -> Grid:
    """Raises NotRead where a limit is passed, once all is read."""
    rows: list[tuple[int, list[str]]] = []
    blank, over = 0, False
    for line, record in records:
        over = over or len(record) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in record)
        if _is_blank(record, before_header=not rows):
            blank += 1
        else:
            rows.append((line, record))
    if over or len(rows) + blank > MOST_ROWS + 1:
        raise NotRead("too_large")
    return Grid(rows, blank)


def _is_blank(record: list[str], *, before_header: bool) -> bool:
    """Before the header it is not known yet what parts the cells."""
    text = "".join(record)
    return not (text.replace(";", "").replace(",", "") if before_header else text).strip()
