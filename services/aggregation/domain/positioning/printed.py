"""Values of a sheet as they are printed: exact up to there, rounded once, a half away from zero."""

from decimal import Decimal
from fractions import Fraction

from services.aggregation.domain.positioning.distribution import Rank
from services.aggregation.domain.positioning.indicators import Indicator
from services.aggregation.domain.positioning.sheet import Value
from shared.report import NOT_APPLICABLE, Cell, french
from shared.report.french import HARD_SPACE


def rounded(value: Fraction, places: int) -> Decimal:
    units = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-places)


def printed(indicator: Indicator, value: Value) -> Cell:
    """A count as a count, where it is whole: the median of counts may not be."""
    if not isinstance(value, Fraction):
        return value
    return int(value) if indicator.is_whole and value.denominator == 1 else rounded(value, 2)


def evolution(now: Value, before: Value) -> Cell:
    """In per cent, to the nearest tenth; without meaning from nothing, unknown where one of both is."""
    if not isinstance(now, Fraction) or not isinstance(before, Fraction):
        return NOT_APPLICABLE if NOT_APPLICABLE in (now, before) else None
    return rounded(100 * (now - before) / before, 1) if before else NOT_APPLICABLE


def ranked(rank: Rank | None, size: int) -> str:
    """«3e sur 25», or from the best to the worst place that what is missing allows."""
    if rank is None:
        return french.count(size, "valeur", "valeurs")
    best, worst = (f"{place}{'er' if place == 1 else 'e'}" for place in (rank.best, rank.worst))
    among = f"{rank.most}" if rank.least == rank.most else f"{rank.least} à {rank.most}"
    return f"{best if rank.best == rank.worst else f'{best} à {worst}'} sur {among}".replace(" ", HARD_SPACE)
