"""Filed rows: what is kept of every right row, under the member in whose name it was filed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.ingestion.domain.kept_rows import COMMENT
from services.ingestion.domain.verdicts import Line
from shared.forms import Column

# The line of the file, then the values in the order of the columns, as JSON holds them; an amount is written out.
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Filed:
    """Some rows of one member, or of none where the form's rows are about none; they can be read several times."""

    member: str
    columns: tuple[str, ...]
    rows: Iterable[Row]


def filed_row(line: Line, columns: Sequence[Column]) -> Row:
    return [line.line, *(_value(line, column) for column in columns)]


def _value(line: Line, column: Column) -> Any:
    if column.type == "member":
        return line.member
    if column.type == "department":
        return line.department
    if column.name == COMMENT:
        return line.comment
    value = line.values.get(column.name, line.texts.get(column.name))
    return str(value) if isinstance(value, Decimal) else value


def in_columns(filed: Filed, names: Sequence[str]) -> Iterator[Row]:
    """The rows under other columns: a form that changed in time has had others."""
    if filed.columns == tuple(names):
        yield from filed.rows
        return
    at = {name: place for place, name in enumerate(filed.columns, start=1)}
    places = [at.get(name) for name in names]
    for row in filed.rows:
        yield [row[0], *(None if place is None else row[place] for place in places)]
