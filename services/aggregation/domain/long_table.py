"""The long table of a year: form, period, level, code, measure, quarter, ytd."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from services.aggregation.domain.figures import Figures, major_units
from services.aggregation.domain.ytd import by_quarter, last_quarter, rows_of_year
from shared.forms import Form
from shared.periods import Period

HEADER = ("form", "period", "level", "code", "measure", "quarter", "ytd")


class QuarterFigures(NamedTuple):
    """What a member or a group has in a quarter."""

    form: str
    period: str
    level: str
    code: str
    figures: Figures


class LongRow(NamedTuple):
    """One measure of one group in one quarter; counts are integers, euros have two decimals."""

    form: str
    period: str
    level: str
    code: str
    measure: str
    quarter: int | Decimal
    ytd: int | Decimal


def long_table(
    year: int, forms: Iterable[Form], figures: Iterable[QuarterFigures], last_reported: Mapping[str, Period]
) -> Iterator[LongRow]:
    """All rows of the year, by form, period, level and code. `last_reported`: by form, over all years."""
    by_form: dict[str, list[QuarterFigures]] = {}
    for item in figures:
        by_form.setdefault(item.form, []).append(item)
    for form in sorted(forms, key=lambda form: form.code):
        last = last_quarter(year, last_reported.get(form.code))
        yield from _rows_of_form(year, form, by_form.get(form.code, []), last)


def _rows_of_form(year: int, form: Form, figures: Iterable[QuarterFigures], last: int) -> Iterator[LongRow]:
    placed = (((item.level, item.code), Period.parse(item.period).quarter or 0, item.figures) for item in figures)
    groups = sorted((key, rows_of_year(quarters, last)) for key, quarters in by_quarter(placed).items())
    for quarter in range(1, last + 1):
        for (level, code), rows in groups:
            if row := rows.get(quarter):
                for column, value, ytd in zip(form.measures, row.quarter, row.ytd, strict=True):
                    written = (major_units(value, column.scale), major_units(ytd, column.scale))
                    yield LongRow(form.code, str(Period(year, quarter)), level, code, column.name, *written)
