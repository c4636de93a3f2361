"""The fold: accepted submissions into standing lines and running totals, many in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from services.aggregation.domain.figures import minor_units
from services.aggregation.domain.group_totals import Placed, Source, deltas
from services.aggregation.domain.versions import Key, Line, Version, sort_out
from services.aggregation.tables.group_totals import move_totals
from services.aggregation.tables.standing import (
    Retired,
    let_stand,
    lock_partitions,
    remember,
    retire,
    standing_versions,
)
from shared.events import SubmissionAccepted, SubmissionRejected, SubmittedLine
from shared.forms import FORMS
from shared.periods import Period
from shared.reception import count_received
from shared.regions import NoRegionOnThatDay, region_on
from shared.room import Heard
from shared.transaction import Transaction


async def hear_submissions(work: Transaction, heard: Sequence[Heard[SubmissionAccepted | SubmissionRejected]]) -> None:
    """Folds what was accepted, and counts everything that was received."""
    accepted = [Heard(h.event, h.partition) for h in heard if isinstance(h.event, SubmissionAccepted)]
    await add_to_totals(work, accepted)
    await count_received(work, [(h.event, h.partition) for h in heard])


async def add_to_totals(work: Transaction, heard: Sequence[Heard[SubmissionAccepted]]) -> None:
    """Any order, any repetition: the newest version of each key stands, and all totals with it."""
    versions = [version_of(h.event, h.partition) for h in heard if _is_quarterly(h.event.form)]
    if not versions:
        return
    await lock_partitions(work, (version.partition for version in versions))
    standing = await standing_versions(work, (version.key for version in versions))
    sorted_out = sort_out(versions, standing)
    gone = await retire(work, [version.key for version in sorted_out.newest if version.key in standing])
    await let_stand(work, sorted_out.newest)
    await remember(work, sorted_out.overtaken)
    partitions = {version.key: version.partition for version in sorted_out.newest}
    await move_totals(work, deltas(_come(sorted_out.newest), _gone(gone, partitions)))


def _is_quarterly(form: str) -> bool:
    return form in FORMS and FORMS[form].kind == "quarterly"


def version_of(event: SubmissionAccepted, partition: int) -> Version:
    """The event as the totals need it; raises where a figure or a département is not as the contract says."""
    period, scales = Period.parse(event.period), _scales(event.form)
    last_day = period.last_day
    return Version(
        key=Key(event.form, str(period), event.platform),
        version=event.version,
        submission=event.submission,
        received_on=event.received_on,
        partition=partition,
        lines=tuple(_line(line, last_day, scales) for line in event.lines),
    )


@cache
def _scales(form: str) -> tuple[tuple[str, int], ...]:
    """The form's measures in their order, each with the decimals it keeps."""
    return tuple((column.name, column.scale) for column in FORMS[form].measures)


def _line(line: SubmittedLine, last_day: date, scales: tuple[tuple[str, int], ...]) -> Line:
    first, second, third = [minor_units(line.values[name], scale) for name, scale in scales]
    region = _region_code(line.department, last_day)
    return Line(line.member, line.line, line.department, region, (first, second, third), line.comment)


@cache
def _region_code(department: str, day: date) -> str | None:
    try:
        return region_on(department, day).code
    except NoRegionOnThatDay:
        return None


def _come(versions: Iterable[Version]) -> Iterable[Placed]:
    for version in versions:
        form, period, platform = version.key
        for line in version.lines:
            yield Source(version.partition, form, period, platform, line.region), line.figures


def _gone(retired: Iterable[Retired], partitions: dict[Key, int]) -> Iterable[Placed]:
    for line in retired:
        form, period, platform = line.key
        yield Source(partitions[line.key], form, period, platform, line.region), line.figures
