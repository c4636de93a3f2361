"""The tables as the maquettes of the text draw them: columns, footnotes and rows of a form's quarter."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from services.aggregation.domain.figures import NOTHING, added, major_units
from services.aggregation.domain.scope import Scope
from services.aggregation.domain.snapshot import Snapshot
from services.aggregation.domain.ytd import Row
from shared import forms, report
from shared.forms import Form
from shared.periods import Period
from shared.report import Cell, RowStyle
from shared.report.french import shorten, sort_key, typeset

# Measures whose cumul counts somebody again in each quarter.
COUNTED_AGAIN = "entreprises_concernees"
COUNTED_AGAIN_NOTE = typeset(
    "Le cumul du nombre d’entreprises concernées est la somme des trimestres : une entreprise concernée au cours de "
    "plusieurs trimestres y est comptée autant de fois."
)
NO_LINE = "Aucune ligne n’a été reçue pour ce trimestre."
LONGEST_COMMENT = 300

_EMPTY_ROW = Row(NOTHING, NOTHING)


def footnotes(form: Form) -> list[str]:
    """The distinct notes of the form's columns, in their order."""
    return list(dict.fromkeys(column.note for column in form.columns if column.note))


def marked_label(form: Form, column: forms.Column) -> str:
    """The column's label with the number of its footnote."""
    return f"{column.label} ({footnotes(form).index(column.note) + 1})" if column.note else column.label


def notes_of(form: Form) -> list[str]:
    numbered = [f"({number}) {typeset(note)}" for number, note in enumerate(footnotes(form), start=1)]
    counted_again = any(column.name == COUNTED_AGAIN for column in form.measures)
    return [*numbered, COUNTED_AGAIN_NOTE] if counted_again else numbered


def measure_columns(form: Form, period: Period) -> list[report.Column]:
    """Trimestre and Cumul of each measure, under its label."""
    found = []
    for column in form.measures:
        group, kind = marked_label(form, column), "amount" if column.scale else "count"
        cumul = f"Cumul depuis le 01/01/{period.year % 100:02}"
        found.append(report.Column(key=f"{column.name}_quarter", label="Trimestre", kind=kind, group=group))
        found.append(report.Column(key=f"{column.name}_ytd", label=cumul, kind=kind, group=group))
    return found


def cells_of(form: Form, row: Row) -> list[Cell]:
    cells: list[Cell] = []
    for column, quarter, ytd in zip(form.measures, row.quarter, row.ytd, strict=True):
        cells += [major_units(quarter, column.scale), major_units(ytd, column.scale)]
    return cells


def figures_table(table: Snapshot) -> report.Table:
    """The table of a level, as its maquette; without a line it is empty and says so."""
    scope, rows = table.scope, table.content.rows
    notes = [*notes_of(scope.form), *_comments(table)]
    return report.Table(
        key="figures",
        title=f"{scope.form.service_title} – {scope.period.title}",
        columns=[*_head_columns(scope), *measure_columns(scope.form, scope.period)],
        rows=_rows(table) if rows else (),
        notes=notes if rows else [NO_LINE, *notes],
    )


def _comments(table: Snapshot) -> list[str]:
    """What Plates-formes say of their members' lines, numbered after the footnotes; where members have rows only."""
    if table.scope.level != "member":
        return []
    first = len(footnotes(table.scope.form)) + 1
    return [
        f"({number}) {', '.join(comment.members)}{typeset(f' – commentaire de {comment.platform} : ')}"
        f"{shorten(comment.text, LONGEST_COMMENT)}"
        for number, comment in enumerate(table.particulars.comments, start=first)
    ]


def _head_columns(scope: Scope) -> list[report.Column]:
    member = next(column for column in scope.form.columns if column.type == "member")
    name = report.Column(key="name", label=marked_label(scope.form, member))
    code = report.Column(key="code", label="Code")
    match scope.level:
        case "member":
            return [report.Column(key="department", label="Dpt."), name, code]
        case "national":
            return [report.Column(key="name", label="Niveau"), code]
    return [name, code]


def _rows(table: Snapshot) -> list[report.Row]:
    form, rows = table.scope.form, table.content.rows
    match table.scope.level:
        case "member":
            total = _row(form, ["", f"Total service {form.service_title}", ""], _total(rows.values()), "total")
            return [*_dashboard(table), total]
        case "national":
            return [_row(form, ["Total national", place.code], row, "total") for place, row in rows.items()]
    total = _row(form, ["Total national", ""], _total(rows.values()), "total")
    return [*_synthesis(table), total]


def _dashboard(table: Snapshot) -> list[report.Row]:
    """Sorted by département, then by name."""
    departments, names = table.particulars.departments, table.names
    placed = sorted(
        (departments[place.code], sort_key(names.member(place.code)), place.code, row)
        for place, row in table.content.rows.items()
    )
    return [_row(table.scope.form, [dpt, name, code], row) for dpt, (_, name), code, row in placed]


def _synthesis(table: Snapshot) -> list[report.Row]:
    """Members under the name of their group, each group closed by its total; what has no group comes last."""
    scope, names = table.scope, table.names
    placed = sorted(
        (not group, sort_key(names.group(scope.level, group)), group, sort_key(names.member(code)), code, row)
        for (group, code), row in table.content.rows.items()
    )
    blank = [None] * (1 + 2 * len(scope.form.measures))
    found: list[report.Row] = []
    for (_, (_, title), _), members in groupby(placed, key=lambda item: item[:3]):
        listed = list(members)
        found.append(report.Row(cells=[title, *blank], style="section"))
        found += [_row(scope.form, [name, code], row) for *_, (_, name), code, row in listed]
        found.append(_row(scope.form, ["Total", ""], _total(item[-1] for item in listed), "subtotal"))
    return found


def _row(form: Form, head: Sequence[Cell], row: Row, style: RowStyle = "normal") -> report.Row:
    return report.Row(cells=[*head, *cells_of(form, row)], style=style)


def _total(rows: Iterable[Row]) -> Row:
    total = _EMPTY_ROW
    for row in rows:
        total = Row(added(total.quarter, row.quarter), added(total.ytd, row.ytd))
    return total
