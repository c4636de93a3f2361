"""Those with whom somebody is compared in a quarter, and where it stands among them."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.positioning.distribution import (
    Contender,
    Field,
    Quartiles,
    Rank,
    anywhere,
    exactly,
    quartiles,
)
from services.aggregation.domain.positioning.indicators import Indicator


class Position(NamedTuple):
    """The quartiles of what has been received, and the rank; None where there is nothing to tell."""

    quartiles: Quartiles | None
    rank: Rank | None


class Population:
    """What has been received of its members, and who of them is missing.

    `partial`: more is to come of these; `maybe`: missing, and perhaps of another group.
    """

    def __init__(
        self,
        received: Mapping[str, Figures],
        missing: Collection[str] = (),
        partial: Collection[str] = (),
        maybe: Collection[str] = (),
    ) -> None:
        self.received, self.partial, self.maybe = received, frozenset(partial), frozenset(maybe)
        self.missing = (self.maybe | frozenset(missing)) - received.keys()
        self._fields: dict[Indicator, Field] = {}
        self._quartiles: dict[tuple[Indicator, bool], Quartiles | None] = {}

    def position(self, indicator: Indicator, code: str, *, trimmed: bool = False) -> Position:
        if indicator not in self._fields:
            self._fields[indicator] = Field(self._contenders(indicator))
        rank = self._fields[indicator].rank(code) if code in self.received else None
        return Position(self.quartiles(indicator, trimmed=trimmed), rank)

    def quartiles(self, indicator: Indicator, *, trimmed: bool = False) -> Quartiles | None:
        key = indicator, trimmed
        if key not in self._quartiles:
            values = (indicator.of(figures) for figures in self.received.values())
            known = [value for value in values if value is not None]
            self._quartiles[key] = quartiles(known, trimmed=trimmed)
        return self._quartiles[key]

    def _contenders(self, indicator: Indicator) -> Iterator[Contender]:
        for code, figures in self.received.items():
            value = indicator.of(figures)
            if code not in self.partial:
                if value is not None:
                    yield exactly(code, value)
            elif value is None:
                yield anywhere(code, certain=False)
            else:
                # What is still to come adds to a measure, and moves a ratio either way.
                yield Contender(code, value * (not indicator.is_ratio), None)
        for code in self.missing:
            yield anywhere(code, certain=not indicator.is_ratio and code not in self.maybe)
