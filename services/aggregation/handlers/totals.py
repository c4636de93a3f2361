"""The fold: accepted submissions into versions and running totals, many in one transaction."""

from collections.abc import Sequence
from functools import cache

from services.aggregation.domain.figures import minor_units
from services.aggregation.domain.group_totals import deltas
from services.aggregation.domain.versions import Key, Lines, Version, sort_out
from services.aggregation.handlers.accepted import Accepted, AcceptedLine, Rejected
from services.aggregation.tables.group_totals import move_totals
from services.aggregation.tables.versions import keep_versions, kept_versions, lines_of, lock_partitions
from shared.events import SubmissionAccepted, SubmittedLine
from shared.forms import FORMS
from shared.periods import Period
from shared.reception import count_received
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on
from shared.room import Heard
from shared.transaction import Transaction

# What aggregation reads of the event, or the event itself.
AnyAccepted = Accepted | SubmissionAccepted


async def hear_submissions(work: Transaction, heard: Sequence[Heard[AnyAccepted | Rejected]]) -> None:
    """Folds what was accepted, and counts everything that was received."""
    accepted = [Heard(h.event, h.partition) for h in heard if not isinstance(h.event, Rejected)]
    await add_to_totals(work, accepted)
    await count_received(work, [(h.event, h.partition) for h in heard])


async def add_to_totals(work: Transaction, heard: Sequence[Heard[AnyAccepted]]) -> None:
    """Any order, any repetition: the newest version of each key stands, and all totals with it."""
    versions = [version_of(h.event) for h in heard if _is_quarterly(h.event.form)]
    if not versions:
        return
    await lock_partitions(work, (h.partition for h in heard))
    kept = await kept_versions(work, (version.key for version in versions))
    found = sort_out(versions, kept)
    gone = await lines_of(work, found.replaced)
    await keep_versions(work, found.new)
    come = [(version.key, version.lines) for version in found.standing]
    await move_totals(work, deltas(come, gone), min(h.partition for h in heard))


def _is_quarterly(form: str) -> bool:
    return form in FORMS and FORMS[form].kind == "quarterly"


def version_of(event: AnyAccepted) -> Version:
    """The event as the totals need it; raises where a figure is not as the contract says."""
    period = Period.parse(event.period)
    return Version(
        key=Key(event.form, event.period, event.platform),
        version=event.version,
        submission=event.submission,
        received_on=event.received_on,
        lines=_lines(event.lines, event.form, period),
    )


def _lines(lines: Sequence[AcceptedLine | SubmittedLine], form: str, period: Period) -> Lines:
    """Column by column: a call for each cell would cost as much as all the rest."""
    departments, values = [line.department for line in lines], [line.values for line in lines]
    measures = [minor_units([of[name] for of in values], scale) for name, scale in _scales(form)]
    return list(
        zip(
            [line.member for line in lines],
            [line.line for line in lines],
            departments,
            map(_regions(period).get, departments),
            *measures,
            [line.comment for line in lines],
            strict=True,
        )
    )


@cache
def _scales(form: str) -> tuple[tuple[str, int], ...]:
    """The form's measures in their order, each with the decimals it keeps."""
    return tuple((column.name, column.scale) for column in FORMS[form].measures)


@cache
def _regions(period: Period) -> dict[str, str]:
    """Of each département, its région's code on the last day; without those that had none."""
    found = {}
    for department in DEPARTMENTS:
        try:
            found[department] = region_on(department, period.last_day).code
        except NoRegionOnThatDay:
            continue
    return found
