"""Judging of a file, stage by stage; a stage that finds something stops the next."""

from datetime import date

from services.ingestion.domain.reading import read_csv
from services.ingestion.domain.reported_period import Sending, parse_period, period_error, unknown_period
from services.ingestion.domain.rows import RowJudge
from services.ingestion.domain.scene import Scene
from services.ingestion.domain.sheet import FileRefused, Sheet
from services.ingestion.domain.structure import column_names, structure_errors
from services.ingestion.domain.verdicts import Error, Judgement, Line, refusal
from shared.forms import Form
from shared.network import Network


def judge(
    content: bytes,
    *,
    form: Form,
    period: str,
    platform: str,
    network: Network,
    today: date,
    closed: bool = False,
) -> Judgement:
    """The verdict on a file sent today: file, period, empty file, structure, rows."""
    try:
        sheet = read_csv(content)
    except FileRefused as refused:
        return Judgement("rejected", (refusal(refused.code, reason=refused.reason),))
    known = parse_period(period)
    if known is None:
        return _rejected([unknown_period(period, form, network)], sheet)
    if error := period_error(Sending(form, known, platform, network, today, closed)):
        return _rejected([error], sheet)
    if errors := _empty_file(sheet, form) or structure_errors(sheet.header, form):
        return _rejected(errors, sheet)
    return _judge_rows(sheet, form, Scene(form, platform, known.last_day, network))


def _empty_file(sheet: Sheet, form: Form) -> list[Error]:
    """An annual form with a header and no row says that there is nothing to report."""
    if sheet.row_count or (sheet.header and form.kind == "annual"):
        return []
    return [refusal("empty_file", line=1)]


def _judge_rows(sheet: Sheet, form: Form, scene: Scene) -> Judgement:
    known = {column.name: column for column in form.columns}
    rows = RowJudge([known[name] for name in column_names(sheet.header)], scene)
    lines: list[Line] = []
    errors: list[Error] = []
    for line, record in sheet.rows():
        judged = rows.judge(line, record)
        if isinstance(judged, Line):
            lines.append(judged)
        else:
            errors.extend(judged)
    if errors:
        return _rejected(errors, sheet)
    return Judgement("accepted", lines=tuple(lines), rows_accepted=sheet.row_count, rows_blank=sheet.blank_count)


def _rejected(errors: list[Error], sheet: Sheet) -> Judgement:
    return Judgement("rejected", tuple(errors), rows_refused=sheet.row_count, rows_blank=sheet.blank_count)
