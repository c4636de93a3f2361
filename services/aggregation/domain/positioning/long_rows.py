"""A positioning sheet for machines: one value a row, rounded as it is printed."""

from collections.abc import Iterator
from typing import NamedTuple

from services.aggregation.domain.positioning.indicators import Indicator, main_indicator
from services.aggregation.domain.positioning.printed import printed
from services.aggregation.domain.positioning.sheet import Past, Placed, ServiceSheet, Sheet, Value
from shared.report import Cell

HEADER = ("form", "period", "indicator", "numerator", "denominator", "group", "statistic", "value")


class LongRow(NamedTuple):
    """A statistic of an indicator: one's own, or of a group with which one is compared."""

    form: str
    period: str
    indicator: str
    numerator: str
    denominator: str | None
    group: str
    statistic: str
    value: Cell


def long_rows(sheet: Sheet) -> Iterator[LongRow]:
    for part in sheet.services:
        for past in part.past:
            yield from _of_past(part, past, str(sheet.period))
        for placed in part.placed:
            yield from _of_place(part, placed, str(sheet.period))
        main = main_indicator(part.form)
        for point in part.evolution:
            yield _row(part, str(point.period), main, "own", "eight_quarters", point.own)
            yield _row(part, str(point.period), main, "beside", "median", point.median)


def _of_past(part: ServiceSheet, past: Past, period: str) -> Iterator[LongRow]:
    for statistic in ("quarter", "previous", "year_before", "ytd", "ytd_year_before"):
        yield _row(part, period, past.indicator, "own", statistic, getattr(past, statistic))


def _of_place(part: ServiceSheet, placed: Placed, period: str) -> Iterator[LongRow]:
    (found, rank), indicator = placed.position, placed.indicator
    if found:
        for statistic in ("first", "median", "third"):
            name = statistic if statistic == "median" else f"{statistic}_quartile"
            yield _row(part, period, indicator, placed.key, name, getattr(found, statistic))
        yield _count(part, period, placed, "values", found.size)
        yield _count(part, period, placed, "values_left_out", found.left_out)
    if rank:
        for statistic in ("best", "worst", "least", "most"):
            name = f"rank_{statistic}" if statistic in ("best", "worst") else f"ranked_{statistic}"
            yield _count(part, period, placed, name, getattr(rank, statistic))


def _count(part: ServiceSheet, period: str, placed: Placed, statistic: str, value: int) -> LongRow:
    return _row(part, period, placed.indicator, placed.key, statistic, None)._replace(value=value)


def _row(part: ServiceSheet, period: str, indicator: Indicator, group: str, statistic: str, value: Value) -> LongRow:
    named = (indicator.key, indicator.above, indicator.below)
    return LongRow(part.form.code, period, *named, group, statistic, printed(indicator, value))
