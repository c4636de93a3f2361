"""Where a line goes: every cell of every table that it feeds while it stands, and the editions that printed it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.lineage import Cell, FiledLine, Span
from services.aggregation.domain.scope import LEVELS, Level, Scope
from services.aggregation.domain.synthesis import SYNTHESIS, rows_from_json
from services.aggregation.domain.synthesis_cells import operands_of
from services.aggregation.domain.ytd import last_quarter
from shared.forms import Column, Form
from shared.periods import Period

SYNTHESIS_TABLES = ("figures", "five")


class SynthesisCell(NamedTuple):
    """A figure of the national synthesis of a quarter, in one of its tables."""

    period: Period
    table: str
    column: str
    measure: Column


@dataclass(frozen=True, slots=True)
class Printed:
    """An edition as it is looked at here; `content` is what it was issued with."""

    number: str
    form: str
    period: str
    level: Level
    edition: int
    issued_on: date
    rows: int
    content: str


def cells_fed(form: Form, line: FiledLine, last_reported: Period | None) -> Iterator[Cell]:
    """Of each quarter's tables from its own to the last of the year; its own quarter alone has it outside the cumul."""
    own = Period.parse(line.period)
    for quarter in range(own.quarter or 4, last_quarter(own.year, last_reported) + 1):
        period = Period(own.year, quarter)
        spans: tuple[Span, ...] = ("quarter", "ytd") if period == own else ("ytd",)
        for level in LEVELS:
            for code, member in _rows_of(level, line):
                scope = Scope(form, period, level)
                yield from (Cell(scope, code, column, span, member) for column in form.measures for span in spans)


def _rows_of(level: Level, line: FiledLine) -> list[tuple[str, str | None]]:
    """The rows in which the line is: a group's total has it, and the member's row under that group."""
    if level == "member":
        return [(line.member, None)]
    if level == "national":
        return [(NATIONAL_CODE, None)]
    code = line.platform if level == "platform" else line.region or ""
    return [(code, line.member), (code, None)]


def syntheses_fed(form: Form, line: FiledLine, last_reported: Period | None, last: Period) -> Iterator[SynthesisCell]:
    """Of the syntheses up to that of quarter `last`; a difference and its rate are fed by either of their figures."""
    own = Period.parse(line.period)
    fed = {cell.scope.period for cell in cells_fed(form, line, last_reported)}
    period = own
    while period <= last:
        for table in SYNTHESIS_TABLES:
            for column, operands in operands_of(period, table).items():
                if any(one.period == own if one.span == "quarter" else one.period in fed for one in operands):
                    yield from (SynthesisCell(period, table, column, measure) for measure in form.measures)
        period = period.next()


def has_printed(edition: Printed, form: Form, line: FiledLine) -> bool:
    """Whether the line is in an edition's figures: its version stood when the edition was issued."""
    stood = line.received_on < edition.issued_on and (line.replaced_on is None or edition.issued_on <= line.replaced_on)
    own, of = Period.parse(line.period), Period.parse(edition.period)
    if not stood or of < own:
        return False
    if edition.form == form.code:
        return of.year == own.year and edition.rows > 0
    return edition.form == SYNTHESIS and any(
        code == form.code and period.year == own.year and period >= own
        for code, period in rows_from_json(edition.content)
    )
