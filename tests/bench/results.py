"""What was measured: figures, each with its aim where there is one, by part."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a part's table; `met` is None where nothing is aimed at."""

    name: str
    value: str
    aim: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Part:
    """A part of the document; with faults, its figures prove nothing."""

    title: str
    method: str
    figures: list[Figure] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was really measured."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> str:
    """p50, p99 and the longest, of seconds, in milliseconds."""
    found = (percentile(values, 0.5), percentile(values, 0.99), max(values))
    return " / ".join(f"{1000 * value:.0f}" for value in found) + " ms"


def aim_at_most(name: str, value: float, limit: float, unit: str) -> Figure:
    return Figure(name, f"{value:.0f} {unit}", f"≤ {limit:.0f} {unit}", value <= limit)
