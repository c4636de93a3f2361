"""A table as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.content import Content
from services.aggregation.domain.coverage import Coverage, coverage_of, past_of, years_of_past
from services.aggregation.domain.documents import current_document
from services.aggregation.domain.missing import MissingLine, missing_lines
from services.aggregation.domain.names import Names
from services.aggregation.domain.scope import Scope
from services.aggregation.domain.snapshot import snapshot_of
from services.aggregation.domain.year import Year
from services.aggregation.tables.arrivals import arrivals_of
from services.aggregation.tables.lines import read_year
from services.aggregation.tables.objectives import objectives_of
from shared.network import Network
from shared.report import Document
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class CurrentTable:
    """The document, and whether every expected line is in it; lines are expected once the quarter is over."""

    scope: Scope
    content: Content
    is_over: bool
    document: Document

    @property
    def is_complete(self) -> bool:
        return self.is_over and self.content.is_complete


async def current_table(work: Transaction, scope: Scope, network: Network, day: date) -> CurrentTable:
    period = scope.period
    year = await read_year(work, scope.form.code, period.year)
    is_over = day > period.last_day
    missing = missing_lines(network, scope.form, period, year.of_quarter(period.quarter)) if is_over else ()
    coverage = await _coverage(work, scope, network, year, missing) if is_over else ()
    objectives = await objectives_of(work, scope.form.code, period.year)
    table = snapshot_of(scope, year, missing, Names(network, period.last_day), coverage, objectives)
    return CurrentTable(scope, table.content, is_over, current_document(table, day, is_over=is_over))


async def _coverage(
    work: Transaction, scope: Scope, network: Network, year: Year, missing: Sequence[MissingLine]
) -> Sequence[Coverage]:
    arrivals = await arrivals_of(work, scope.form.code, str(scope.period))
    others = [one for one in years_of_past(scope.period) if one != year.year] if missing else []
    years = [year, *[await read_year(work, scope.form.code, one) for one in others]]
    return coverage_of(scope, network, year, missing, arrivals, past_of(years, scope.period))
