"""What UESL wants a year to come to, beside what has come: a form's measure, for one of those whom a level counts."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import NamedTuple

from services.aggregation.domain.content import Content
from services.aggregation.domain.figures import NOTHING, added, major_units
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.names import Names
from services.aggregation.domain.scope import Level, Scope
from shared.report import NOT_APPLICABLE, Cell, Column, Row, Table

_TENTH = Decimal("0.1")


class Objective(NamedTuple):
    """Of one measure of a form, in its minor units, for a whole year."""

    measure: str
    level: Level
    code: str
    value: int


def realised(content: Content, level: Level, code: str, measure: int) -> int:
    """The cumul since 1 January of a member, a région, a Plate-forme or the nation."""
    rows = (row.ytd for place, row in content.rows.items() if _is_of(level, code, place.group, place.code))
    return reduce(added, rows, NOTHING)[measure]


def _is_of(level: Level, code: str, group: str, member: str) -> bool:
    return level == "national" or code == (member if level == "member" else group)


def objectives_tables(scope: Scope, content: Content, objectives: Sequence[Objective], names: Names) -> list[Table]:
    """Objectives of the table's level, each with what is realised of it; no table where there is none."""
    mine = [one for one in objectives if one.level == scope.level]
    if not mine:
        return []
    return [
        Table(
            key="objectives",
            title=f"Objectifs de l’année {scope.period.year}",
            columns=[
                Column(key="name", label="Pour"),
                Column(key="measure", label="Mesure"),
                Column(key="objective", label="Objectif de l’année", kind="figure"),
                Column(key="realised", label="Cumul réalisé", kind="figure"),
                Column(key="rate", label="% de l’objectif", kind="rate"),
            ],
            rows=list(_rows(scope, content, mine, names)),
        )
    ]


def _rows(scope: Scope, content: Content, objectives: Iterable[Objective], names: Names) -> Iterable[Row]:
    places = {column.name: n for n, column in enumerate(scope.form.measures)}
    for one in sorted(objectives, key=lambda one: (_name(one, names), one.code, places[one.measure])):
        column = scope.form.measures[places[one.measure]]
        done = realised(content, one.level, one.code, places[one.measure])
        figures: list[Cell] = [major_units(units, column.scale) for units in (one.value, done)]
        yield Row(cells=[_name(one, names), column.label, *figures, rate(done, one.value)])


def _name(one: Objective, names: Names) -> str:
    if one.code == NATIONAL_CODE and one.level == "national":
        return "Ensemble"
    return names.member(one.code) if one.level == "member" else names.group(one.level, one.code)


def rate(done: int, wanted: int) -> Cell:
    """In per cent, with one decimal."""
    if not wanted:
        return NOT_APPLICABLE
    return (Decimal(100 * done) / wanted).quantize(_TENTH, ROUND_HALF_UP)
