"""A table as it stands now."""

from dataclasses import dataclass
from datetime import date

from services.aggregation.domain.content import Content
from services.aggregation.domain.documents import current_document
from services.aggregation.domain.missing import missing_lines
from services.aggregation.domain.names import Names
from services.aggregation.domain.restitution import Scope, rows_by
from services.aggregation.tables.lines import read_year
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
    content = Content(rows_by(scope.by, year, period.quarter or 4), missing)
    document = current_document(scope, content, Names(network, period.last_day), is_over=is_over)
    return CurrentTable(scope, content, is_over, document)
