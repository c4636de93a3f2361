"""The tables as the maquettes of the text draw them: columns, footnotes and rows of a form's quarter."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from services.aggregation.domain.figures import NOTHING, added, major_units
from services.aggregation.domain.names import Names
from services.aggregation.domain.restitution import Place, Scope
from services.aggregation.domain.year import Row
from shared import forms, report
from shared.forms import Form
from shared.periods import Period
from shared.report import Cell, RowStyle

# Measures whose cumul counts somebody again in each quarter.
COUNTED_AGAIN = "entreprises_concernees"
COUNTED_AGAIN_NOTE = (
    "Le cumul du nombre d’entreprises concernées est la somme des trimestres : une entreprise concernée au cours de "
    "plusieurs trimestres y est comptée autant de fois."
)
NO_LINE = "Aucune ligne n’a été reçue pour ce trimestre."

Rows = Mapping[Place, Row]
_EMPTY_ROW = Row(NOTHING, NOTHING)


def footnotes(form: Form) -> list[str]:
    """The distinct notes of the form's columns, in their order."""
    return list(dict.fromkeys(column.note for column in form.columns if column.note))


def marked_label(form: Form, column: forms.Column) -> str:
    """The column's label with the number of its footnote."""
    return f"{column.label} ({footnotes(form).index(column.note) + 1})" if column.note else column.label


def notes_of(form: Form) -> list[str]:
    numbered = [f"({number}) {note}" for number, note in enumerate(footnotes(form), start=1)]
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


def figures_table(scope: Scope, rows: Rows, names: Names) -> report.Table:
    """The table of a level, as its maquette; without a line it is empty and says so."""
    form, notes = scope.form, notes_of(scope.form)
    return report.Table(
        key="figures",
        title=f"{form.service_title} – {scope.period.title}",
        columns=[*_head_columns(scope), *measure_columns(form, scope.period)],
        rows=_rows(scope, rows, names) if rows else (),
        notes=notes if rows else [NO_LINE, *notes],
    )


def _head_columns(scope: Scope) -> list[report.Column]:
    member = next(column for column in scope.form.columns if column.type == "member")
    name = report.Column(key="name", label=marked_label(scope.form, member))
    code = report.Column(key="code", label="Code")
    match scope.by:
        case "member":
            return [report.Column(key="department", label="Dpt."), name, code]
        case "national":
            return [report.Column(key="name", label="Niveau"), code]
    return [name, code]


def _rows(scope: Scope, rows: Rows, names: Names) -> list[report.Row]:
    form = scope.form
    match scope.by:
        case "member":
            total = _row(form, ["", f"Total service {form.service_title}", ""], _total(rows.values()), "total")
            return [*_dashboard(form, rows, names), total]
        case "national":
            return [_row(form, ["Total national", place.code], row, "total") for place, row in rows.items()]
    total = _row(form, ["Total national", ""], _total(rows.values()), "total")
    return [*_synthesis(scope, rows, names), total]


def _dashboard(form: Form, rows: Rows, names: Names) -> list[report.Row]:
    """Sorted by département, then by name."""
    placed = sorted(
        (names.department(place.code), names.member(place.code), place.code, row) for place, row in rows.items()
    )
    return [_row(form, [department, name, code], row) for department, name, code, row in placed]


def _synthesis(scope: Scope, rows: Rows, names: Names) -> list[report.Row]:
    """Members under the name of their group, each group closed by its total; what has no group comes last."""
    placed = sorted(
        (not place.group, names.group(scope.by, place.group), names.member(place.code), place.code, row)
        for place, row in rows.items()
    )
    blank = [None] * (1 + 2 * len(scope.form.measures))
    found: list[report.Row] = []
    for (_, group), members in groupby(placed, key=lambda item: item[:2]):
        listed = list(members)
        found.append(report.Row(cells=[group, *blank], style="section"))
        found += [_row(scope.form, [name, code], row) for _, _, name, code, row in listed]
        found.append(_row(scope.form, ["Total", ""], _total(item[-1] for item in listed), "subtotal"))
    return found


def _row(form: Form, head: Sequence[Cell], row: Row, style: RowStyle = "normal") -> report.Row:
    return report.Row(cells=[*head, *cells_of(form, row)], style=style)


def _total(rows: Iterable[Row]) -> Row:
    total = _EMPTY_ROW
    for row in rows:
        total = Row(added(total.quarter, row.quarter), added(total.ytd, row.ytd))
    return total
