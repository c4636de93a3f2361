"""What aggregation reads of submissions: the version of an accepted one, the day of any; the rest is others'.

The whole model of the event costs more than the fold itself. A line becomes what is kept of it as soon as it is read,
while the processor still has it at hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

import msgspec

from services.aggregation.domain.figures import minor_units
from services.aggregation.domain.versions import Key, Line, Lines, Version, sums_of
from shared.events import SubmissionAccepted, SubmissionRejected
from shared.forms import FORMS, Column
from shared.periods import Period
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on
from shared.wire import Malformed, Readers

_QUARTERLY = {code: form for code, form in FORMS.items() if form.kind == "quarterly"}
_UNSET: Any = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Accepted:
    """The version to be folded; None of a form without totals."""

    received_on: date
    version: Version | None


class Rejected(msgspec.Struct, frozen=True):
    """As `SubmissionRejected` says it."""

    received_on: date


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """As `SubmissionAccepted` says it, without its lines."""

    submission: UUID
    platform: str
    form: str
    period: str
    received_on: date
    version: int
    to_confirm: bool = False


class _AnyLine(msgspec.Struct, frozen=True, gc=False):
    """As `SubmittedLine` says it; a figure is written as text, or by others as a number."""

    line: int
    member: str
    department: str
    values: dict[str, str | int | float]
    comment: str | None = None


class _AnyAccepted(_Said, frozen=True, kw_only=True):
    lines: list[_AnyLine]


def _written(column: Column) -> tuple[str, Any, Any]:
    """A count is read as the number that its text is, an amount as text; what is written otherwise is read slowly."""
    kind = str if column.scale else Annotated[int, msgspec.Meta(ge=0)]
    return column.name, kind | msgspec.UnsetType, _UNSET


_Figures = msgspec.defstruct(
    "_Figures",
    [_written(column) for form in _QUARTERLY.values() for column in form.measures],
    frozen=True,
    gc=False,
)


class _OurLine(msgspec.Struct, frozen=True, gc=False):
    """The same as our own writers write it."""

    line: int
    member: str
    department: str
    values: _Figures  # type: ignore[valid-type]
    comment: str | None = None


class _OurAccepted(_Said, frozen=True, kw_only=True):
    lines: list[_OurLine]


_read_ours = msgspec.json.Decoder(_OurAccepted, strict=False).decode
_read_any = msgspec.json.Decoder(_AnyAccepted).decode
_read_rejected = msgspec.json.Decoder(Rejected).decode


def read_accepted(body: bytes) -> Accepted:
    """Raises Malformed, also where a figure is not as the contract says."""
    try:
        return _accepted(_read_ours(body), _our_lines)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError):
        pass
    try:
        return _accepted(_read_any(body), _any_lines)
    except msgspec.DecodeError as error:
        raise Malformed(str(error)) from None
    except (KeyError, ValueError) as error:
        raise Malformed(f"{type(error).__name__}: {error}") from None


def read_rejected(body: bytes) -> Rejected:
    try:
        return _read_rejected(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(type(error).__name__ if isinstance(error, UnicodeDecodeError) else str(error)) from None


def _accepted(said: Any, lines_of: Callable[[Any], Lines]) -> Accepted:
    if said.form not in _QUARTERLY:
        return Accepted(said.received_on, None)
    lines = lines_of(said)
    key = Key(said.form, said.period, said.platform)
    about = (said.version, said.submission, said.received_on)
    return Accepted(said.received_on, Version(key, *about, lines, sums_of(lines), said.to_confirm))


def _our_lines(said: _OurAccepted) -> Lines:
    """Column by column: a call for each cell would cost as much as all the rest. ValueError where one is missing."""
    if not said.lines:
        return []
    columns, scales = _columns(said.form)
    member, line, department, comment, *figures = zip(*map(columns, said.lines), strict=True)
    if any(_UNSET in values for values in figures):
        raise ValueError("a figure is missing")
    measures = [minor_units(of, scale) if scale else of for of, scale in zip(figures, scales, strict=True)]
    regions = map(_regions(said.period).get, department)
    return list(zip(member, line, department, regions, *measures, comment, strict=True))


@cache
def _columns(form: str) -> tuple[Callable[[Any], tuple[Any, ...]], list[int]]:
    """What is taken of a line at once, and the decimals of each measure."""
    measures = _QUARTERLY[form].measures
    names = [f"values.{column.name}" for column in measures]
    return attrgetter("member", "line", "department", "comment", *names), [column.scale for column in measures]


def _any_lines(said: _AnyAccepted) -> Lines:
    region, values = _regions(said.period).get, [line.values for line in said.lines]
    measures = [
        minor_units([of[column.name] for of in values], column.scale) for column in _QUARTERLY[said.form].measures
    ]
    found: list[Line] = []
    for line, m1, m2, m3 in zip(said.lines, *measures, strict=True):
        found.append((line.member, line.line, line.department, region(line.department), m1, m2, m3, line.comment))
    return found


@cache
def _regions(period: str) -> dict[str, str]:
    """Of each département, its région's code on the last day; without those that had none."""
    found, last_day = {}, Period.parse(period).last_day
    for department in DEPARTMENTS:
        try:
            found[department] = region_on(department, last_day).code
        except NoRegionOnThatDay:
            continue
    return found


READERS: Readers = {SubmissionAccepted: read_accepted, SubmissionRejected: read_rejected}
