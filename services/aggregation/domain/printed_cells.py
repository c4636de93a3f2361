"""Which cell each figure of a document is: a document has names, the content it was made from has codes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from services.aggregation.domain.content import Content, moves
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.layout import cells_of
from services.aggregation.domain.lineage import Cell, Span
from services.aggregation.domain.places import Place
from services.aggregation.domain.scope import Scope
from services.aggregation.domain.synthesis import SERVICES, five_quarters, rows_from_json
from services.aggregation.domain.synthesis_cells import Operand, operands_of
from shared.forms import Form
from shared.periods import Period
from shared.report import Row, Table

SPANS: tuple[Span, ...] = ("quarter", "ytd")


class PrintedCell(NamedTuple):
    """A cell, the earlier period where it is a difference, and the edition where it is not that of the document."""

    cell: Cell
    against: Period | None = None
    edition: str | None = None


# By the places of row and column in the table.
PrintedCells = Mapping[tuple[int, int], PrintedCell]


def cells_of_table(table: Table, scope: Scope, content: Content) -> PrintedCells:
    """Of the figures of a form's quarter."""
    named = zip(range(len(table.rows)), _rows_named(table, scope, content), strict=True)
    return dict(_cells(table, ((place, *name, None) for place, name in named if name)))


_Named = tuple[int, Scope, str, str | None, str | None]


def _cells(table: Table, rows: Iterator[_Named]) -> Iterator[tuple[tuple[int, int], PrintedCell]]:
    columns = {column.key: place for place, column in enumerate(table.columns)}
    for place, scope, code, member, edition in rows:
        for measure in scope.form.measures:
            for span in SPANS:
                if (at := columns.get(f"{measure.name}_{span}")) is not None:
                    yield (place, at), PrintedCell(Cell(scope, code, measure, span, member), None, edition)


def _rows_named(table: Table, scope: Scope, content: Content) -> Iterator[tuple[Scope, str, str | None] | None]:
    """Where each row's figures are explained: level, code and member; None where it has none."""
    groups = _groups(table, scope, content) if scope.level in ("region", "platform") else iter(())
    group = ""
    code_at = next((place for place, column in enumerate(table.columns) if column.key == "code"), 0)
    for row in table.rows:
        code = str(row.cells[code_at] or "")
        if row.style == "section":
            group = next(groups, "")
            yield None
        elif row.style == "total":
            yield Scope(scope.form, scope.period, "national"), NATIONAL_CODE, None
        elif scope.level == "member":
            yield scope, code, None
        else:
            yield scope, group, code if row.style == "normal" else None


def _groups(table: Table, scope: Scope, content: Content) -> Iterator[str]:
    """The code of each heading, in their order: that of the group that has its rows."""
    known: dict[frozenset[tuple[object, ...]], list[str]] = {}
    for code, places in groupby(sorted(content.rows), key=lambda place: place.group):
        rows = frozenset((place.code, *cells_of(scope.form, content.rows[place])) for place in places)
        known.setdefault(rows, []).append(code)
    for listed in _listed(table.rows):
        codes = known.get(frozenset(listed), [])
        yield codes.pop(0) if codes else ""


def _listed(rows: Sequence[Row]) -> Iterator[list[tuple[object, ...]]]:
    """The members' rows under each heading: the code, then the figures."""
    listed: list[list[tuple[object, ...]]] = []
    for row in rows:
        if row.style == "section":
            listed.append([])
        elif row.style == "normal" and listed:
            listed[-1].append(tuple(row.cells[1:]))
    yield from listed


def cells_of_changes(table: Table, scope: Scope, before: Content, after: Content, earlier: str) -> PrintedCells:
    """Of what an edition changed: each row as the edition before, `earlier`, printed it, and as this one does."""
    named = (
        (2 * place + later, scope, *_row_of(scope, move.place), None if later else earlier)
        for place, move in enumerate(moves(before, after))
        for later, row in enumerate((move.before, move.after))
        if row
    )
    return dict(_cells(table, named))


def _row_of(scope: Scope, place: Place) -> tuple[str, str | None]:
    if scope.level in ("member", "national"):
        return place.code, None
    return place.group, place.code


def cells_of_synthesis(table: Table, period: Period) -> PrintedCells:
    """Of the national synthesis of a quarter: its comparison and its five quarters."""
    found: dict[tuple[int, int], PrintedCell] = {}
    operands = operands_of(period, table.key)
    for row, (form, measure) in _measures(table):
        for column, head in enumerate(table.columns):
            if head.key in operands and table.rows[row].cells[column] is not None:
                now, *earlier = operands[head.key]
                against = earlier[0].period if earlier else None
                found[row, column] = PrintedCell(_national(form, measure, now), against)
    return found


def _measures(table: Table) -> Iterator[tuple[int, tuple[Form, int]]]:
    """Under the heading of each service, its measures in their order."""
    services, place = iter(SERVICES), 0
    form: Form | None = None
    for number, row in enumerate(table.rows):
        if row.style == "section":
            form, place = next(services, None), 0
        elif form and place < len(form.measures):
            yield number, (form, place)
            place += 1


def _national(form: Form, measure: int, operand: Operand) -> Cell:
    scope = Scope(form, operand.period, "national")
    return Cell(scope, NATIONAL_CODE, form.measures[measure], operand.span)


def cells_of_synthesis_changes(table: Table, period: Period, before: str, after: str, earlier: str) -> PrintedCells:
    """Of what an edition of the synthesis of that quarter changed, from the contents of both."""
    found: dict[tuple[int, int], PrintedCell] = {}
    columns = {column.key: place for place, column in enumerate(table.columns)}
    for row, (form, moved, measure) in enumerate(_moved(period, before, after)):
        for span in SPANS:
            for key, edition in (("before", earlier), ("after", None)):
                at = columns[f"{span}_{key}"]
                if table.rows[row].cells[at] is not None:
                    found[row, at] = PrintedCell(_national(form, measure, Operand(moved, span)), None, edition)
    return found


def _moved(period: Period, before: str, after: str) -> Iterator[tuple[Form, Period, int]]:
    """The measures that an edition sets side by side, in the order of its rows."""
    old, new = rows_from_json(before), rows_from_json(after)
    for form in SERVICES:
        for one in five_quarters(period):
            rows = [known.get((form.code, one)) for known in (old, new)]
            for measure in range(len(form.measures)):
                was, now = (row and (row.quarter[measure], row.ytd[measure]) for row in rows)
                if was != now:
                    yield form, one, measure
