"""A table as it stands at one moment, with all that it takes to print it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.aggregation.domain.content import Content
from services.aggregation.domain.coverage import Coverage
from services.aggregation.domain.missing import MissingLine
from services.aggregation.domain.names import Names
from services.aggregation.domain.objectives import Objective
from services.aggregation.domain.particulars import Particulars, particulars_of
from services.aggregation.domain.places import rows_of_level
from services.aggregation.domain.scope import Scope
from services.aggregation.domain.year import Year


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content decides whether the table has moved; the rest is printed with it."""

    scope: Scope
    content: Content
    particulars: Particulars
    names: Names
    coverage: Sequence[Coverage] = ()
    objectives: Sequence[Objective] = ()


def snapshot_of(
    scope: Scope,
    year: Year,
    missing: Sequence[MissingLine],
    names: Names,
    coverage: Sequence[Coverage] = (),
    objectives: Sequence[Objective] = (),
) -> Snapshot:
    quarter = scope.period.quarter or 4
    content = Content(rows_of_level(scope.level, year, quarter), tuple(missing))
    return Snapshot(scope, content, particulars_of(year, quarter), names, coverage, objectives)
