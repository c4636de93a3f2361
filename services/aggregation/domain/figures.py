"""Three measures of a line or a group, in minor units (euros in centimes), so that sums are exact integers."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

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


def minor_units(value: Decimal | str | float, scale: int) -> int:
    """The value as an integer number of its smallest unit; InexactFigure where it is finer, ValueError for no number.

    As text it is read without a Decimal where it is written as everybody writes it: with all its decimals, or none.
    """
    if isinstance(value, str):
        whole, _, decimals = value.partition(".")
        digits = whole + decimals
        if len(decimals) == scale and digits.isdigit() and digits.isascii():
            return int(digits)
    return _minor_units(value if isinstance(value, Decimal) else _decimal(str(value)), scale)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a figure is no number") from None


def _minor_units(value: Decimal, scale: int) -> int:
    scaled = value.scaleb(scale)
    if not scaled.is_finite() or (whole := int(scaled)) != scaled:
        raise InexactFigure(scale)
    return whole


def major_units(units: int, scale: int) -> int | Decimal:
    """The value as it is written: an int, or a Decimal with exactly `scale` decimals."""
    return Decimal(units).scaleb(-scale) if scale else units
