"""What was expected and what has come, as tables beside a total; and between which bounds an incomplete one lies."""

from collections.abc import Iterable, Sequence

from services.aggregation.domain.coverage import PAST_QUARTERS, Coverage
from services.aggregation.domain.figures import major_units
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.names import Names
from services.aggregation.domain.scope import Level, Scope
from shared.report import Cell, Column, Row, Table, french
from shared.report.french import typeset

_BY: dict[Level, str] = {"region": " par région", "platform": " par Plate-forme"}
BOUNDS_NOTE = typeset(
    "Bornes du trimestre : aux lignes reçues s’ajoute, pour chaque CIL/CCI manquant, le moins (plancher) et le plus "
    f"(plafond) de ce qu’il a déclaré lui-même au cours des {PAST_QUARTERS} trimestres précédents."
)


def coverage_tables(scope: Scope, found: Sequence[Coverage], names: Names, *, to_confirm: str) -> list[Table]:
    """The coverage of each group and, where something is missing, its bounds.

    to_confirm: the label of the submissions that wait for an explanation.
    """
    open_groups = [one for one in found if one.bounds]
    tables = [_coverage(scope, found, names, to_confirm)]
    return [*tables, _bounds(scope, open_groups, names)] if open_groups else tables


def _key(name: str, level: Level) -> str:
    return f"{name}_{level}" if level in _BY else name


def _coverage(scope: Scope, found: Iterable[Coverage], names: Names, to_confirm: str) -> Table:
    platforms, members = "Plates-formes", "CIL/CCI"
    return Table(
        key=_key("coverage", scope.level),
        title=f"Couverture{_BY.get(scope.level, '')}",
        columns=[
            Column(key="name", label="Groupe"),
            Column(key="platforms", label="attendues", kind="count", group=platforms),
            Column(key="received_platforms", label="reçues", kind="count", group=platforms),
            Column(key="late_platforms", label="dont en retard", kind="count", group=platforms),
            Column(key="to_confirm", label=to_confirm, kind="count", group=platforms),
            Column(key="missing_platforms", label="manquantes", kind="count", group=platforms),
            Column(key="members", label="attendus", kind="count", group=members),
            Column(key="received_members", label="reçus", kind="count", group=members),
            Column(key="missing_members", label="manquants", kind="count", group=members),
        ],
        rows=[_row(scope, one, names, _counts(one)) for one in found],
    )


def _counts(one: Coverage) -> list[Cell]:
    platforms = (one.platforms, one.received_platforms, one.late_platforms, one.to_confirm, one.missing_platforms)
    return [*platforms, one.members, one.received_members, one.missing_members]


def _row(scope: Scope, one: Coverage, names: Names, cells: Sequence[Cell]) -> Row:
    if one.group == NATIONAL_CODE:
        return Row(cells=["Ensemble", *cells], style="total")
    return Row(cells=[names.group(scope.level, one.group), *cells])


def _bounds(scope: Scope, found: Sequence[Coverage], names: Names) -> Table:
    columns = [Column(key="name", label="Groupe")]
    for column in scope.form.measures:
        kind = "amount" if column.scale else "count"
        for key, label in (("least", "plancher"), ("most", "plafond")):
            columns.append(Column(key=f"{column.name}_{key}", label=label, kind=kind, group=column.label))
    return Table(
        key=_key("bounds", scope.level),
        title=f"Entre quelles bornes{_BY.get(scope.level, '')}",
        columns=columns,
        rows=[_row(scope, one, names, _bound_cells(scope, one)) for one in found],
        notes=[BOUNDS_NOTE, *_without_past(found)],
    )


def _bound_cells(scope: Scope, one: Coverage) -> list[Cell]:
    if one.bounds is None:
        return []
    cells: list[Cell] = []
    for column, least, most in zip(scope.form.measures, one.bounds.least, one.bounds.most, strict=True):
        cells += [major_units(least, column.scale), major_units(most, column.scale)]
    return cells


def _without_past(found: Sequence[Coverage]) -> list[str]:
    """What the bounds leave open."""
    many = found[-1].without_past
    if not many:
        return []
    who = french.count(many, "CIL/CCI manquant n’a", "CIL/CCI manquants n’ont")
    return [typeset(f"{who} encore rien déclaré : rien ne borne ce qui viendra, et les bornes n’en comptent rien.")]
