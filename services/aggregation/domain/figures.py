"""Three measures of a line or a group, in minor units (euros in centimes), so that sums are exact integers."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache

from shared.forms import Form

Figures = tuple[int, int, int]
MEASURES = 3

NOTHING: Figures = (0, 0, 0)


class InexactFigure(ValueError):
    """The value has more decimals than its measure keeps."""

    def __init__(self, scale: int) -> None:
        super().__init__(f"a figure is not exact with {scale} decimals")


class NotThreeMeasures(ValueError):
    """The totals hold three measures a line: with another number every submission of the form would fail."""

    def __init__(self, form: Form) -> None:
        names = ", ".join(column.name for column in form.measures) or "none"
        super().__init__(f"{form.code}: a quarterly form has {MEASURES} measures, this one {names}")


def check_measures(forms: Iterable[Form]) -> None:
    """Refuses, before anything is heard, a quarterly form that the totals cannot hold."""
    for form in forms:
        if form.kind == "quarterly" and len(form.measures) != MEASURES:
            raise NotThreeMeasures(form)


def added(one: Figures, other: Figures) -> Figures:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])


def minor_units(values: Sequence[Decimal | str | float], scale: int) -> list[int]:
    """The values as integer numbers of their smallest unit, from zero on.

    InexactFigure where one is finer; ValueError where one is negative or no number. Texts are read all at once, without
    Decimals, where they are written as ours are: with as many decimals as are kept.
    """
    try:
        text = "\n".join(values)  # type: ignore[arg-type]  # others than texts end here
    except TypeError:
        text = ""
    if _written(scale).fullmatch(text):
        return [int(digits) for digits in text.replace(".", "").split("\n")]
    return [_minor_units(value if isinstance(value, Decimal) else _decimal(str(value)), scale) for value in values]


@cache
def _written(scale: int) -> re.Pattern[str]:
    number = rf"[0-9]+\.[0-9]{{{scale}}}" if scale else "[0-9]+"
    return re.compile(rf"{number}(?:\n{number})*")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a figure is no number") from None


def _minor_units(value: Decimal, scale: int) -> int:
    scaled = value.scaleb(scale)
    if not scaled.is_finite() or (whole := int(scaled)) != scaled:
        raise InexactFigure(scale)
    if whole < 0:
        raise ValueError("a figure is below zero")
    return whole


def major_units(units: int, scale: int) -> int | Decimal:
    """The value as it is written: an int, or a Decimal with exactly `scale` decimals."""
    return Decimal(units).scaleb(-scale) if scale else units
