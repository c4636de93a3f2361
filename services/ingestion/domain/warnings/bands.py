"""Bands: between which bounds a figure is usual, by medians, which no single strange figure moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log, log10, sqrt
from statistics import median

# Makes the median of deviations comparable with a standard deviation.
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Band:
    """Both bounds are usual themselves."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def band_of_counts(past: Sequence[float], deviations: float, share: float) -> Band:
    """On the scale of twice the square root, where the chance of a count has a deviation of 1 whatever its size.

    share: the least deviation of a large count, as a part of its usual root.
    """
    roots = [2 * sqrt(value) for value in past]
    middle = median(roots)
    deviation = max(_NORMAL * median(abs(root - middle) for root in roots), 1.0, share * middle)
    low, high = max(0.0, middle - deviations * deviation), middle + deviations * deviation
    return Band(low * low / 4, high * high / 4)


def band_of_rates(rates: Sequence[float], deviations: float, share: float) -> Band:
    """Of rates above zero, on the scale of logarithms: twice too much is as far as half too little."""
    logs = [log(rate) for rate in rates]
    middle = median(logs)
    deviation = max(_NORMAL * median(abs(one - middle) for one in logs), share)
    return Band(exp(middle - deviations * deviation), exp(middle + deviations * deviation))


def rough(band: Band) -> Band:
    """Widened to two figures, from which nobody's own can be told."""
    return Band(_rounded(band.low, floor), _rounded(band.high, ceil))


def _rounded(value: float, to: Callable[[float], int]) -> float:
    if value <= 0:
        return 0.0
    step = 10.0 ** (floor(log10(value)) - 1)
    return to(value / step) * step
