"""Which figures of which quarters stand in each column of the national synthesis."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.aggregation.domain.lineage import Span
from services.aggregation.domain.synthesis import five_quarters
from shared.periods import Period


class Operand(NamedTuple):
    """A national figure of a quarter."""

    period: Period
    span: Span


# A column shows one figure, or what comes of two of them: the later first.
Operands = tuple[Operand, ...]


def operands_of(period: Period, table: str) -> Mapping[str, Operands]:
    """By column, of the synthesis of that quarter; `table` is the table's key."""
    return dict(_compared(period) if table == "figures" else _five(period) if table == "five" else ())


def _compared(period: Period) -> Iterator[tuple[str, Operands]]:
    year_before = Period(period.year - 1, period.quarter)
    quarter, ytd = Operand(period, "quarter"), Operand(period, "ytd")
    yield "quarter", (quarter,)
    yield from _against("previous", quarter, Operand(period.previous(), "quarter"))
    yield from _against("year_before", quarter, Operand(year_before, "quarter"))
    yield "ytd", (ytd,)
    yield from _against("ytd_year_before", ytd, Operand(year_before, "ytd"))


def _against(key: str, now: Operand, before: Operand) -> Iterator[tuple[str, Operands]]:
    yield key, (before,)
    yield f"{key}_difference", (now, before)
    yield f"{key}_rate", (now, before)


def _five(period: Period) -> Iterator[tuple[str, Operands]]:
    spans: tuple[Span, ...] = ("quarter", "ytd")
    for span in spans:
        for one in five_quarters(period):
            yield f"{span}_{one}", (Operand(one, span),)
