"""Grids: what the cells of a workbook hold, before it is known what their columns are."""

import re
from datetime import date, timedelta
from decimal import Decimal

from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS, FileTooLarge


class NumberCell:
    """A number that the workbook holds in binary; written: at 15 significant digits, without exponent."""

    __slots__ = ("written",)

    def __init__(self, value: float) -> None:
        self.written = f"{Decimal(format(value, '.15g')):f}"


_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")

Cell = str | NumberCell
# By column, from 0, in their order; empty cells are left out.
Cells = dict[int, Cell]


def is_number(written: str) -> bool:
    """As XML writes one; float() would take `1_000` and `١` too."""
    return bool(_NUMBER.fullmatch(written))


def bounded(pieces: list[str]) -> str:
    text = "".join(pieces)
    if len(text) > MAX_CELL_CHARACTERS:
        raise FileTooLarge("cell")
    return text


def day_of_serial(serial: float, *, from_1904: bool) -> str:
    """A date that a workbook counts in days, as ISO; with a time of day, which is no date of the format."""
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30 if serial >= 61 else 31)
    try:
        day = first + timedelta(days=int(serial))
    except (OverflowError, ValueError):
        return str(serial)
    return day.isoformat() if serial == int(serial) else f"{day.isoformat()} {24 * (serial % 1):.4g} h"
