"""What aggregation reads of submissions: the version of an accepted one, the day of any; the rest is others'.

The whole model of the event costs more than the fold itself. A line becomes what is kept of it as soon as it is read,
while the processor still has it at hand.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, NamedTuple, Union
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from services.aggregation.domain.figures import minor_units
from services.aggregation.domain.versions import Key, Line, Lines, Version, sums_of
from services.aggregation.tables.versions import written
from shared.events import SubmissionAccepted, SubmissionRejected
from shared.forms import FORMS, Column, Form
from shared.periods import Period
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on
from shared.wire import Malformed, Readers

_QUARTERLY = {code: form for code, form in FORMS.items() if form.kind == "quarterly"}


class Accepted(NamedTuple):
    """The version to be folded; None of a form without totals."""

    received_on: date
    version: Version | None


class Rejected(msgspec.Struct, frozen=True):
    """As `SubmissionRejected` says it."""

    received_on: date


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """As `SubmissionAccepted` says it, without its form and its lines."""

    submission: UUID
    platform: str
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
    form: str
    lines: list[_AnyLine]


def _figure(column: Column) -> tuple[str, Any]:
    """A count is read as the number that its text is, an amount as text; what is written otherwise is read slowly."""
    return column.name, str if column.scale else Annotated[int, msgspec.Meta(ge=0)]


def _ours(form: Form) -> type[msgspec.Struct]:
    """The same of one form, as our own writers write it."""
    figures = msgspec.defstruct("_Figures", [_figure(column) for column in form.measures], frozen=True, gc=False)
    fields: list[Any] = [
        ("line", int),
        ("member", str),
        ("department", str),
        ("values", figures),
        ("comment", str | None, None),
    ]
    line = msgspec.defstruct("_OurLine", fields, frozen=True, gc=False)
    said = [("lines", list[line])]  # type: ignore[valid-type]
    options: dict[str, Any] = {"frozen": True, "kw_only": True, "tag_field": "form", "tag": form.code}
    return msgspec.defstruct("_OurAccepted", said, bases=(_Said,), **options)


_OurAccepted: Any = Union[tuple(map(_ours, _QUARTERLY.values()))]  # noqa: UP007 - as many as there are forms
_form_of = attrgetter("__struct_config__.tag")
_read_ours = msgspec.json.Decoder(_OurAccepted, strict=False).decode
_read_any = msgspec.json.Decoder(_AnyAccepted).decode
_read_rejected = msgspec.json.Decoder(Rejected).decode


def read_accepted(body: bytes) -> Accepted:
    """Raises Malformed, also where a figure is not as the contract says."""
    try:
        said = _read_ours(body)
        return _accepted(said, _form_of(said), _our_lines)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError):
        pass
    try:
        any_said = _read_any(body)
        return _accepted(any_said, any_said.form, _any_lines)
    except msgspec.DecodeError as error:
        raise Malformed(str(error)) from None
    except (KeyError, ValueError) as error:
        raise Malformed(f"{type(error).__name__}: {error}") from None


def read_rejected(body: bytes) -> Rejected:
    try:
        return _read_rejected(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(type(error).__name__ if isinstance(error, UnicodeDecodeError) else str(error)) from None


def _accepted(said: Any, form: str, lines_of: Callable[[Any, str], Lines]) -> Accepted:
    if form not in _QUARTERLY:
        return Accepted(said.received_on, None)
    lines = lines_of(said, form)
    about = (Key(form, said.period, said.platform), said.version, said.submission, said.received_on)
    return Accepted(said.received_on, Version(*about, written(lines), sums_of(lines), said.to_confirm))


def _our_lines(said: Any, form: str) -> Lines:
    """Column by column: a call for each cell would cost as much as all the rest."""
    if not said.lines:
        return []
    line, member, department, values, comment = zip(*map(astuple, said.lines), strict=True)
    figures = zip(*map(astuple, values), strict=True)
    measures = [minor_units(of, scale) if scale else of for of, scale in zip(figures, _scales(form), strict=True)]
    regions = map(_regions(said.period).get, department)
    return list(zip(member, line, department, regions, *measures, comment, strict=True))


@cache
def _scales(form: str) -> list[int]:
    """The decimals of each measure."""
    return [column.scale for column in _QUARTERLY[form].measures]


def _any_lines(said: _AnyAccepted, form: str) -> Lines:
    region, values = _regions(said.period).get, [line.values for line in said.lines]
    measures = [minor_units([of[column.name] for of in values], column.scale) for column in _QUARTERLY[form].measures]
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
