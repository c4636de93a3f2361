"""What a document says, apart from how it looks: titles, notes and tables of typed cells."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

# A figure is a count or an amount, each row its own; a rate is in per cent, with one decimal.
Kind = Literal["text", "count", "amount", "date", "figure", "rate"]
# Stands for a figure or a rate that has no meaning: a ratio to nothing.
NOT_APPLICABLE = "sans objet"
RowStyle = Literal["normal", "subtotal", "total", "section"]
Cell = str | int | Decimal | date | None

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
NUMERIC: tuple[Kind, ...] = ("count", "amount", "figure", "rate")


def _frozen_items(items: Iterable[object]) -> tuple[object, ...]:
    return tuple(items)


_Item = TypeVar("_Item")
Frozen = Annotated[Sequence[_Item], AfterValidator(_frozen_items)]


class Part(BaseModel):
    """A piece of a document; it never changes once made."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Column(Part):
    """One column; neighbours that share a group stand under one common heading."""

    key: str
    label: str
    kind: Kind = "text"
    group: str | None = None


class Row(Part):
    """One line of cells, in the order of the table's columns."""

    cells: Frozen[Cell]
    style: RowStyle = "normal"


class Table(Part):
    """A titled table whose cells all have the type that their column announces."""

    key: str
    title: str
    columns: Frozen[Column]
    rows: Frozen[Row] = ()
    notes: Frozen[str] = ()

    @field_validator("columns")
    @classmethod
    def _distinct_keys(cls, columns: Sequence[Column]) -> Sequence[Column]:
        if len({column.key for column in columns}) != len(columns):
            raise ValueError("two columns have the same key")
        return columns

    @field_validator("rows")
    @classmethod
    def _typed_rows(cls, rows: Sequence[Row], info: ValidationInfo) -> Sequence[Row]:
        columns: Sequence[Column] = info.data.get("columns", ())
        return tuple(_typed_row(row, columns) for row in rows)


class Document(Part):
    """A titled set of tables, with the number under which it was issued."""

    title: str
    subtitle: str = ""
    reference: str = ""
    notes: Frozen[str] = ()
    tables: Frozen[Table] = ()

    @field_validator("tables")
    @classmethod
    def _distinct_keys(cls, tables: Sequence[Table]) -> Sequence[Table]:
        if len({table.key for table in tables}) != len(tables):
            raise ValueError("two tables have the same key")
        return tables

    def table(self, key: str) -> Table:
        """Find a table by its key."""
        return next(table for table in self.tables if table.key == key)

    def to_json(self) -> bytes:
        """Write the canonical bytes: equal documents give equal bytes."""
        content = self.model_dump(mode="json")
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, content: bytes | str) -> Self:
        """Read back what `to_json` wrote."""
        return cls.model_validate_json(content)

    @property
    def sha256(self) -> str:
        """The fingerprint of the canonical bytes."""
        return hashlib.sha256(self.to_json()).hexdigest()


class Chart(Part):
    """A table drawn: as lines over its first column, or as a map of the départements that this column names.

    `columns` are those drawn; `description` says in words what is to be seen.
    """

    key: str
    kind: Literal["lines", "map"] = "lines"
    title: str
    description: str
    table: str
    columns: Frozen[str]


class DrawnDocument(Document):
    """A document with charts of its tables; a sheet is one page. What events carry is a `Document`, without."""

    charts: Frozen[Chart] = ()
    shape: Literal["pages", "sheet"] = "pages"

    @model_validator(mode="after")
    def _drawn_from_tables(self) -> Self:
        held = {table.key: {column.key for column in table.columns} for table in self.tables}
        for chart in self.charts:
            if not set(chart.columns) <= held.get(chart.table, set()):
                raise ValueError(f"the chart {chart.key} draws what is in no table")
        return self


def _typed_row(row: Row, columns: Sequence[Column]) -> Row:
    if len(row.cells) != len(columns):
        raise ValueError(f"a row has {len(row.cells)} cells for {len(columns)} columns")
    cells = tuple(_typed_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
    return Row.model_construct(cells=cells, style=row.style)


def _typed_cell(cell: Cell, column: Column) -> Cell:
    if cell is None:
        return None
    match column.kind, cell:
        case ("figure" | "rate", str()) if cell == NOT_APPLICABLE:
            return cell
        case ("text", str()) | ("count" | "figure", int()):
            return cell
        case ("amount" | "figure", Decimal() | int() | str()):
            return _exact(cell, CENT)
        case ("rate", Decimal() | int() | str()):
            return _exact(cell, TENTH)
        case ("date", date() | str()) if not isinstance(cell, datetime):
            return date.fromisoformat(cell) if isinstance(cell, str) else cell
    raise ValueError(f"{cell!r} is no {column.kind} (column {column.key})")


def _exact(number: Decimal | int | str, finest: Decimal) -> Decimal:
    try:
        exact = Decimal(number)
        kept = exact.quantize(finest)
    except InvalidOperation as error:
        raise ValueError(f"{number!r} is no number") from error
    if kept != exact:
        raise ValueError(f"{number} is finer than {finest}")
    return kept.copy_abs() if kept.is_zero() else kept
