"""Numerals: a number as a French hand or program writes it, read exactly or not at all."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

# int() and Decimal() would also take `1_000`, `1e3`, `+5`, `٣`: only what this pattern takes reaches them.
_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,]([0-9]+))?")
_GROUPING = str.maketrans("", "", " \u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its decimals as written, for `10,00` and `10,000` are not judged alike."""

    value: Decimal
    decimals: str
    has_minus: bool

    @property
    def is_whole(self) -> bool:
        return not self.decimals.strip("0")


@lru_cache(maxsize=4096)
def read_number(text: str) -> Number | None:
    """The number that the text is, surrounding space apart; None where it is none."""
    if not (found := _NUMBER.fullmatch(text.strip())):
        return None
    sign, whole, decimals = found.groups(default="")
    digits = whole.translate(_GROUPING)
    return Number(Decimal(f"{sign}{digits}.{decimals}"), decimals, bool(sign))
