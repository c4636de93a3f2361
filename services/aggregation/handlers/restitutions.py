"""A day's issue: edition 1 of the quarters whose due day has passed and, on Mondays, a new one of what has moved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.aggregation.domain.agreeing import check_levels
from services.aggregation.domain.changes import Before
from services.aggregation.domain.content import Content
from services.aggregation.domain.coverage import coverage_of
from services.aggregation.domain.documents import Issue, issued_document
from services.aggregation.domain.due import Quarter, is_recent, quarter_key, quarters_due_before
from services.aggregation.domain.missing import MissingLine, missing_lines
from services.aggregation.domain.names import Names
from services.aggregation.domain.scope import LEVELS, Level, Scope
from services.aggregation.domain.snapshot import Snapshot, snapshot_of
from services.aggregation.domain.synthesis import SYNTHESIS
from services.aggregation.handlers.issuing import Issued, QuarterRead, YearsRead
from services.aggregation.handlers.syntheses import first_syntheses, later_synthesis
from services.aggregation.tables.demands import take_demanded
from services.aggregation.tables.editions import (
    Edition,
    KeptEdition,
    LastEdition,
    Review,
    issued_quarters,
    keep_editions,
    last_editions,
    last_review,
    note_review,
    tables_that_may_have_moved,
)
from services.aggregation.tables.lines import reported_quarters
from shared.events import IssuedEdition, RestitutionIssued
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.readings import NoRegistry, read_network, registry_version
from shared.report import Document
from shared.room import NotReady
from shared.transaction import Transaction

PART_BYTES = 500_000
_MONDAY = 0


class RegistryNotHeardYet(NotReady):
    """Submissions are here and the registry by which they were judged is not: it is still to be heard."""


async def issue_restitutions(work: Transaction, day: date) -> None:
    """All editions of the day, in one issue; everything received before the day counts, and nothing later.

    The first edition of a quarter is issued on the day after it was due, or on the first day worked after that where
    the house, the registry or an earlier first period came later. A quarter due more than a year ago is issued once
    somebody has reported it: what nobody owes an answer to any more is not issued empty.
    """
    years = YearsRead(work, day)
    issued = await _first_editions(work, day, years)
    issued += await _later_editions(work, day, years, await _to_look_at(work, day))
    if issued:
        await _issue(work, day, issued)


async def _issue(work: Transaction, day: date, issued: Issued) -> None:
    version = await registry_version(work)
    made = [replace(item, edition=replace(item.edition, registry_version=version)) for item, _ in issued]
    await keep_editions(work, made)
    _say(work, day, [_to_say(item, document) for item, document in issued], version)


async def _first_editions(work: Transaction, day: date, years: YearsRead) -> Issued:
    network = await _network(work)
    if network is None:
        return []
    issued: Issued = []
    for quarter in await _quarters_to_issue(work, day, Period.parse(network.first_period)):
        issued += _editions(network, quarter, await years.read(*quarter), day, {})
    return issued + await first_syntheses(work, day, years, network)


async def _network(work: Transaction) -> Network | None:
    """None where there is no registry and nobody has sent anything: then the day has no work."""
    try:
        return await read_network(work)
    except NoRegistry:
        if (await work.execute("SELECT 1 FROM standing LIMIT 1")).one_or_none():
            raise RegistryNotHeardYet from None
        return None


async def _quarters_to_issue(work: Transaction, day: date, first_period: Period) -> list[Quarter]:
    issued = await issued_quarters(work)
    waiting = [due for due in quarters_due_before(day, first_period) if quarter_key(due) not in issued]
    if all(is_recent(quarter, day) for quarter in waiting):
        return waiting
    reported = await reported_quarters(work, before=day)
    return [quarter for quarter in waiting if is_recent(quarter, day) or quarter_key(quarter) in reported]


async def _to_look_at(work: Transaction, day: date) -> list[tuple[str, str]]:
    """Form and period of what UESL asked for and, on Mondays, of all that may have moved."""
    demanded = await take_demanded(work, day)
    if day.weekday() != _MONDAY:
        return demanded
    try:
        version = await registry_version(work)
    except NoRegistry:
        return []
    review = await last_review(work)
    since, known = (review.day, review.registry_version) if review else (date.min, version)
    moved = await tables_that_may_have_moved(work, since, day, everything=version != known)
    await note_review(work, Review(day, version))
    return sorted({*moved, *demanded})


async def _later_editions(work: Transaction, day: date, years: YearsRead, of: Sequence[tuple[str, str]]) -> Issued:
    """Of tables issued before this day, those whose content is no longer that of their last edition."""
    issued: Issued = []
    for form, period in of:
        if not (last := await last_editions(work, form, period)):
            continue  # its first edition is of this very day
        network = await read_network(work)
        if form == SYNTHESIS:
            issued += await later_synthesis(Period.parse(period), last["national"], day, years, network)
        else:
            quarter = FORMS[form], Period.parse(period)
            issued += _editions(network, quarter, await years.read(*quarter), day, last)
    return issued


def _editions(
    network: Network, quarter: Quarter, read: QuarterRead, day: date, last: Mapping[Level, LastEdition]
) -> Iterator[tuple[KeptEdition, Document]]:
    """One edition per level, but for those whose content is that of their last edition; raises TotalsDisagree."""
    form, period = quarter
    missing = missing_lines(network, form, period, read.year.of_quarter(period.quarter))
    tables = {level: _table(network, Scope(form, period, level), read, missing) for level in LEVELS}
    check_levels(quarter, {level: table.content.rows for level, table in tables.items()}, read.running)
    for level, table in tables.items():
        known = last.get(level)
        if known is None or known.content != table.content.to_json():
            yield _edition(table, day, known)


def _table(network: Network, scope: Scope, read: QuarterRead, missing: Sequence[MissingLine]) -> Snapshot:
    coverage = coverage_of(scope, network, read.year, missing, read.arrivals, read.past)
    names = Names(network, scope.period.last_day)
    return snapshot_of(scope, read.year, missing, names, coverage, read.objectives)


def _edition(table: Snapshot, day: date, known: LastEdition | None) -> tuple[KeptEdition, Document]:
    scope, content = table.scope, table.content
    before = Before(known.edition, known.issued_on, Content.from_json(known.content)) if known else None
    edition = known.edition + 1 if known else 1
    number = f"{scope.form.code}-{scope.period}-{scope.level}-{edition}"
    document = issued_document(table, Issue(number, edition, day, before))
    form, period, complete, sha256 = scope.form.code, str(scope.period), content.is_complete, document.sha256
    frozen = Edition(number, form, period, scope.level, edition, day, complete, sha256)
    return KeptEdition(frozen, document.to_json().decode(), content.to_json(), len(content.rows)), document


def _to_say(kept: KeptEdition, document: Document) -> IssuedEdition:
    edition = kept.edition
    return IssuedEdition(
        number=edition.number,
        form=edition.form,
        period=edition.period,
        by=edition.level,
        edition=edition.edition,
        complete=edition.complete,
        sha256=edition.sha256,
        document=document,
    )


def _say(work: Transaction, day: date, editions: Sequence[IssuedEdition], registry_version: int) -> None:
    parts = list(parts_of(editions))
    of_all: dict[str, Any] = {"day": day, "parts": len(parts), "registry_version": registry_version}
    for number, part in enumerate(parts, start=1):
        work.say(RestitutionIssued(**of_all, part=number, editions=tuple(part)))


def parts_of(editions: Iterable[IssuedEdition], limit: int = PART_BYTES) -> Iterator[list[IssuedEdition]]:
    """Cuts an issue into parts of some size; an edition that is longer is a part of its own."""
    part: list[IssuedEdition] = []
    size = 0
    for edition in editions:
        length = len(edition.model_dump_json())
        if part and size + length > limit:
            yield part
            part, size = [], 0
        part.append(edition)
        size += length
    if part:
        yield part
