"""The synthesis of both services, issued with their tables: edition 1 when both are due, another where it has moved."""

from collections import Counter
from datetime import date

from services.aggregation.domain.due import is_recent, quarters_due_before
from services.aggregation.domain.synthesis import SERVICES, SYNTHESIS, Synthesis, synthesis_of, years_needed
from services.aggregation.domain.synthesis_document import IssuedBefore, synthesis_document
from services.aggregation.handlers.issuing import Issued, IssuedTable, YearsRead
from services.aggregation.tables.editions import Edition, KeptEdition, LastEdition, issued_quarters
from services.aggregation.tables.lines import reported_quarters
from shared.network import Network
from shared.periods import Period
from shared.report import french
from shared.transaction import Transaction


async def first_syntheses(work: Transaction, day: date, years: YearsRead, network: Network) -> Issued:
    """Of each quarter whose due days are over; one that nobody owes an answer to any more needs a report."""
    issued: Issued = []
    for period in await _quarters_to_issue(work, day, Period.parse(network.first_period)):
        issued.append(_edition(await _synthesis(period, years, network), day, None))
    return issued


async def _quarters_to_issue(work: Transaction, day: date, first: Period) -> list[Period]:
    issued = {period for form, period in await issued_quarters(work) if form == SYNTHESIS}
    due = Counter(period for _, period in quarters_due_before(day, first))
    waiting = sorted(period for period, forms in due.items() if forms == len(SERVICES) and str(period) not in issued)
    if all(_is_recent(period, day) for period in waiting):
        return waiting
    reported = {period for _, period in await reported_quarters(work, before=day)}
    return [period for period in waiting if _is_recent(period, day) or str(period) in reported]


def _is_recent(period: Period, day: date) -> bool:
    return any(is_recent((form, period), day) for form in SERVICES)


async def later_synthesis(period: Period, last: LastEdition, day: date, years: YearsRead, network: Network) -> Issued:
    """Nothing where its content is that of its last edition."""
    synthesis = await _synthesis(period, years, network)
    return [] if synthesis.to_json() == last.content else [_edition(synthesis, day, last)]


async def _synthesis(period: Period, years: YearsRead, network: Network) -> Synthesis:
    read = {(form, year): await years.of(form, year) for form, year in years_needed(period)}
    return synthesis_of(period, read, network)


def _edition(synthesis: Synthesis, day: date, last: LastEdition | None) -> IssuedTable:
    edition = last.edition + 1 if last else 1
    period = str(synthesis.period)
    number = f"{SYNTHESIS}-{period}-national-{edition}"
    when = f"édition {edition} du {french.day(day)}"
    before = IssuedBefore(last.edition, last.issued_on, last.content) if last else None
    document = synthesis_document(synthesis, when, number, before)
    frozen = Edition(number, SYNTHESIS, period, "national", edition, day, not synthesis.missing, document.sha256)
    rows = sum(len(service.rows) for service in synthesis.services)
    return KeptEdition(frozen, document.to_json().decode(), synthesis.to_json(), rows), document
