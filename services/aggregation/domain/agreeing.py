"""Σ régions = Σ Plates-formes = national: an issue whose levels disagree does not happen, and says why."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from services.aggregation.domain.due import Quarter
from services.aggregation.domain.figures import NOTHING, Figures, added
from services.aggregation.domain.places import Place
from services.aggregation.domain.scope import Level
from services.aggregation.domain.ytd import Row


class RunningTotal(NamedTuple):
    """A group's running total, and the sum of the lines that stand at the same moment."""

    level: str
    code: str
    running: Figures
    recounted: Figures


Running = Iterable[RunningTotal]


class TotalsDisagree(RuntimeError):
    """Two ways to the same total lead to different figures: nothing is issued before this is cleared up."""


def check_levels(quarter: Quarter, rows: Mapping[Level, Mapping[Place, Row]], running: Running) -> None:
    """Raises TotalsDisagree where the levels of a quarter, or a running total and its lines, differ."""
    form, period = quarter
    sums = {level: _sum(of_level.values()) for level, of_level in rows.items()}
    if len(set(sums.values())) > 1:
        told = ", ".join(f"{level} {row.quarter} {row.ytd}" for level, row in sums.items())
        raise TotalsDisagree(f"{form.code} {period}: {told}")
    for one in running:
        if one.running != one.recounted:
            raise TotalsDisagree(f"{form.code} {period} {one.level} {one.code}: {one.running}, lines {one.recounted}")


def _sum(rows: Iterable[Row]) -> Row:
    return reduce(lambda one, other: Row(added(one[0], other[0]), added(one[1], other[1])), rows, Row(NOTHING, NOTHING))
