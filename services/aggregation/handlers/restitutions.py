"""A day's issue: edition 1 of the quarters whose due day has passed and, on Mondays, a new one of what has moved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from services.aggregation.domain.content import Content
from services.aggregation.domain.documents import Before, Issue, issued_document
from services.aggregation.domain.missing import missing_lines
from services.aggregation.domain.names import Names
from services.aggregation.domain.restitution import LEVELS, By, Scope, Year, quarters_due_before, rows_by
from services.aggregation.tables.editions import (
    Edition,
    KeptEdition,
    LastEdition,
    Review,
    keep_editions,
    last_editions,
    last_review,
    note_review,
    tables_that_may_have_moved,
)
from services.aggregation.tables.lines import read_year
from shared.events import IssuedEdition, RestitutionIssued
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period
from shared.readings import NoRegistry, read_network, registry_version
from shared.report import Document
from shared.transaction import Transaction

PART_BYTES = 500_000
_MONDAY = 0


class RegistryNotHeardYet(TimeoutError):
    """Submissions are here and the registry by which they were judged is not: it is still to be heard."""


async def issue_restitutions(work: Transaction, day: date) -> None:
    """All editions of the day, in one issue; everything received before the day counts, and nothing later."""
    issued = await _first_editions(work, day)
    if day.weekday() == _MONDAY:
        issued += await _later_editions(work, day)
    if issued:
        await keep_editions(work, [item for item, _ in issued])
        _say(work, day, [_to_say(item, document) for item, document in issued])


Issued = list[tuple[KeptEdition, Document]]


async def _first_editions(work: Transaction, day: date) -> Issued:
    due = list(quarters_due_before(day))
    network = await _network(work) if due else None
    issued: Issued = []
    for form, period in due:
        if network and period >= Period.parse(network.first_period):
            year = await read_year(work, form.code, period.year, before=day)
            issued += _editions(network, form, period, year, day, {})
    return issued


async def _network(work: Transaction) -> Network | None:
    try:
        return await read_network(work)
    except NoRegistry:
        if (await work.execute("SELECT 1 FROM standing LIMIT 1")).one_or_none():
            raise RegistryNotHeardYet from None
        return None


async def _later_editions(work: Transaction, day: date) -> Issued:
    """Of the tables issued before, those whose content is no longer that of their last edition."""
    try:
        version = await registry_version(work)
    except NoRegistry:
        return []
    review = await last_review(work)
    since, known = (review.day, review.registry_version) if review else (date.min, version)
    candidates = await tables_that_may_have_moved(work, since, day, everything=version != known)
    await note_review(work, Review(day, version))
    years: dict[tuple[str, int], Year] = {}
    issued: Issued = []
    for form, period in ((FORMS[form], Period.parse(period)) for form, period in candidates):
        if (form.code, period.year) not in years:
            years[form.code, period.year] = await read_year(work, form.code, period.year, before=day)
        last = await last_editions(work, form.code, str(period))
        issued += _editions(await read_network(work), form, period, years[form.code, period.year], day, last)
    return issued


def _editions(
    network: Network, form: Form, period: Period, year: Year, day: date, last: Mapping[By, LastEdition]
) -> Iterator[tuple[KeptEdition, Document]]:
    """One edition per level, but for those whose content is that of their last edition."""
    missing = missing_lines(network, form, period, year.of_quarter(period.quarter))
    for by in LEVELS:
        content = Content(rows_by(by, year, period.quarter or 4), missing)
        known = last.get(by)
        if known is None or known.content != content.to_json():
            yield _edition(Scope(form, period, by), content, Names(network, period.last_day), day, known)


def _edition(
    scope: Scope, content: Content, names: Names, day: date, known: LastEdition | None
) -> tuple[KeptEdition, Document]:
    before = Before(known.edition, known.issued_on, Content.from_json(known.content)) if known else None
    edition = known.edition + 1 if known else 1
    number = f"{scope.form.code}-{scope.period}-{scope.by}-{edition}"
    document = issued_document(scope, content, names, Issue(number, edition, day, before))
    form, period, complete, sha256 = scope.form.code, str(scope.period), content.is_complete, document.sha256
    frozen = Edition(number, form, period, scope.by, edition, day, complete, sha256)
    return KeptEdition(frozen, document.to_json().decode(), content.to_json(), len(content.rows)), document


def _to_say(kept: KeptEdition, document: Document) -> IssuedEdition:
    edition = kept.edition
    return IssuedEdition(
        number=edition.number,
        form=edition.form,
        period=edition.period,
        by=edition.by,
        edition=edition.edition,
        complete=edition.complete,
        sha256=edition.sha256,
        document=document,
    )


def _say(work: Transaction, day: date, editions: Sequence[IssuedEdition]) -> None:
    parts = list(parts_of(editions))
    for number, part in enumerate(parts, start=1):
        work.say(RestitutionIssued(day=day, part=number, parts=len(parts), editions=tuple(part)))


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
