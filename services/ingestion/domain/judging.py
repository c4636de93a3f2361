"""Judging of a file, stage by stage, in parts; a stage that finds something stops the next."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from typing import BinaryIO

from services.ingestion.domain.case_counts import CaseCounts
from services.ingestion.domain.files import read_sheet
from services.ingestion.domain.groups import Groups
from services.ingestion.domain.identity import holds_identity
from services.ingestion.domain.kept_rows import RowKeeper
from services.ingestion.domain.reported_period import Sending, parse_period, period_error, unknown_period
from services.ingestion.domain.right_rows import RightRows
from services.ingestion.domain.rows import RowJudge
from services.ingestion.domain.scene import Scene
from services.ingestion.domain.sheet import MAX_COLUMNS, Columns, FileRefused, Record, Sheet
from services.ingestion.domain.structure import column_names, structure_errors
from services.ingestion.domain.told_columns import Case, Cases
from services.ingestion.domain.verdicts import Error, Judgement, Line, Outcome, refusal
from shared.forms import Form
from shared.network import Network
from shared.periods import Period

PART = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is sent as; `nil` says that an annual file without a row is meant."""

    form: Form
    period: str
    platform: str
    network: Network
    today: date
    closed: bool = False
    nil: bool = False

    def dated(self) -> "Asked":
        """With the form as it holds for that period, sent on that day."""
        period = parse_period(self.period)
        return replace(self, form=self.form.at(period, self.today)) if period else self


@dataclass(slots=True)
class Found:
    """What was found in the rows since the last part; worth nothing if the file turns out to be unreadable.

    case_lines: of each case, the line of the file.
    """

    errors: list[Error] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    cases: Cases = field(default_factory=Cases)
    rows: int = 0
    case_lines: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.errors) + len(self.lines) + len(self.cases)


def judge(content: bytes, asked: Asked) -> Judgement:
    """The verdict on a file, with everything found; all of it is in memory."""
    errors: list[Error] = []
    lines: list[Line] = []
    cases: list[Case] = []
    for part in judge_in_parts(BytesIO(content), asked):
        if isinstance(part, Outcome):
            return _whole(part, errors, lines, cases)
        if part.rows < 0:
            errors.clear()
        errors += part.errors
        lines += part.lines
        cases += part.cases
    raise AssertionError("a judging ends with its outcome")


def _whole(outcome: Outcome, errors: list[Error], lines: list[Line], cases: list[Case]) -> Judgement:
    if outcome.verdict == "accepted":
        return Judgement(outcome, (), tuple(lines), tuple(cases))
    if outcome.holds_identity:
        errors = [replace(error, value=None) for error in errors]
    return Judgement(outcome, tuple(errors))


def judge_in_parts(file: BinaryIO, asked: Asked) -> Iterator[Found | Outcome]:
    """Parts as they are found, then the outcome; a part with negative `rows` takes back all errors before it.

    Lines and cases count only if the outcome is `accepted`.
    """
    asked = asked.dated()
    try:
        sheet = read_sheet(file, asked.form)
        errors = _before_rows(sheet, asked)
        if errors:
            yield from _refused_before_rows(sheet, asked, errors)
        elif sheet.header:
            yield from _judge_rows(sheet, asked)
        else:
            yield Outcome("accepted", rows_blank=sheet.blank_count)
    except FileRefused as refused:
        yield Found([refusal(refused.code, reason=refused.reason)], rows=-1)
        # What cannot be read cannot be known to be anonymous.
        yield Outcome("rejected", {refused.code: 1}, holds_identity=asked.form.anonymous)


def _before_rows(sheet: Sheet, asked: Asked) -> list[Error]:
    if len(sheet.header) > MAX_COLUMNS:
        sheet.read_to_the_end()  # raises: what a million columns are called is not looked at
    known = parse_period(asked.period)
    if known is None:
        return [unknown_period(asked.period, asked.form, asked.network)]
    if error := period_error(Sending(asked.form, known, asked.platform, asked.network, asked.today, asked.closed)):
        return [error]
    if not sheet.header:
        return [] if _may_be_empty(sheet, asked) else [refusal("empty_file", line=1)]
    return structure_errors(sheet.header, asked.form)


def _refused_before_rows(sheet: Sheet, asked: Asked, errors: list[Error]) -> Iterator[Found | Outcome]:
    """Reads on: what is unreadable further down is said instead, and a case file may name somebody anywhere."""
    has_identity = asked.form.anonymous and any(map(holds_identity, sheet.header))
    is_empty = True
    for _, record in sheet.rows():
        is_empty = False
        has_identity = has_identity or (asked.form.anonymous and any(map(holds_identity, record)))
    if is_empty and errors[0].line is not None and not _may_be_empty(sheet, asked):
        errors = [refusal("empty_file", line=1)]
    if any(error.code == "identifying_data" for error in errors):
        has_identity = True
    yield Found(errors, rows=sheet.row_count)
    yield Outcome(
        "rejected",
        Counter(error.code for error in errors),
        rows_refused=sheet.row_count,
        rows_blank=sheet.blank_count,
        holds_identity=has_identity,
    )


def _may_be_empty(sheet: Sheet, asked: Asked) -> bool:
    """An annual form with a header and no row, or sent as such, says that there is nothing to report."""
    return asked.form.kind == "annual" and (bool(sheet.header) or asked.nil)


class _Gathering:
    """What is found in the rows of a file as they come."""

    def __init__(self, asked: Asked, names: Sequence[str]) -> None:
        form, day = asked.form, Period.parse(asked.period).last_day
        self.rows = RowJudge(form, names, Scene(asked.platform, day, asked.network))
        self.right = RightRows.of(self.rows, form)
        self.groups = Groups(self.rows.columns) if form.anonymous else None
        self.counts = CaseCounts(self.rows.columns) if form.anonymous else None
        self.tally: Counter[str] = Counter()
        self.found = Found()
        self._keeper = RowKeeper(form, self.rows.columns, day)

    def judge(self, line: int, record: Record) -> None:
        judged = self.rows.judge(line, record)
        if judged and isinstance(judged[0], Error):
            self.found.errors.extend(judged)
        elif not self.tally and not self.found.errors:
            self._keeper.keep(self.found, line, judged)
            if self.groups:
                self.groups.add(judged)
            if self.counts:
                self.counts.add(line, judged)
        self.found.rows += 1

    def judge_columns(self, line: int, some: Columns | list[Record]) -> bool:
        """Rows that are all right, at once; False where they are to be judged one by one."""
        if not self.right or not isinstance(some, Columns) or (told := self.right.told(some)) is None:
            return False
        if not self.tally and not self.found.errors:
            self._keeper.keep_columns(self.found, line, told)
            if self.groups:
                self.groups.add_columns(told)
            if self.counts:
                self.counts.add_columns(line, told)
        self.found.rows += len(some)
        return True

    def part(self) -> Found:
        """What was found since the last part."""
        self.tally.update(error.code for error in self.found.errors)
        found, self.found = self.found, Found()
        return found


def _judge_rows(sheet: Sheet, asked: Asked) -> Iterator[Found | Outcome]:
    gathering = _Gathering(asked, column_names(sheet.header))
    for first_line, some in sheet.together():
        if gathering.judge_columns(first_line, some):
            sheet.take(len(some))
        else:
            for line, record in sheet.rows_of(first_line, some):
                gathering.judge(line, record)
                if gathering.found.rows >= PART:
                    yield gathering.part()
        if gathering.found.rows >= PART:
            yield gathering.part()
    if items := gathering.rows.items:
        gathering.found.errors.extend(items.errors())
    if not sheet.row_count and not _may_be_empty(sheet, asked):
        gathering.found.errors.append(refusal("empty_file", line=1))
    yield gathering.part()
    yield _outcome(sheet, gathering)


def _outcome(sheet: Sheet, gathering: _Gathering) -> Outcome:
    refused, groups, counts = bool(gathering.tally), gathering.groups, gathering.counts
    return Outcome(
        "rejected" if refused else "accepted",
        gathering.tally,
        rows_accepted=0 if refused else sheet.row_count,
        rows_refused=sheet.row_count if refused else 0,
        rows_blank=sheet.blank_count,
        smallest_group=groups.smallest() if groups and not refused else None,
        holds_identity=gathering.rows.holds_identity,
        cases=counts.by_member if counts and not refused else {},
    )
