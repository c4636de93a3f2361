"""Cells: one value of a row, and the rules that hold for it alone, by the type of its column."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.ingestion.domain.codes import ORDER
from services.ingestion.domain.numerals import Number, read_number
from services.ingestion.domain.scene import Scene, Standing
from shared.forms import Column, ColumnType
from shared.report import french

NUMERIC: tuple[ColumnType, ...] = ("count", "amount")


@dataclass(slots=True)
class Cell:
    """A cell with what its rules need; the other properties are what the sentences tell."""

    column: Column
    text: str
    scene: Scene
    standing: Standing | None
    number: Number | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.column.type in NUMERIC:
            self.number = read_number(self.text)

    @property
    def minimum(self) -> str:
        return french.number(self.column.minimum)

    @property
    def maximum(self) -> str:
        return french.number(self.column.maximum)

    @property
    def day(self) -> str:
        return french.short_day(self.scene.day)

    @property
    def delegate(self) -> str | None:
        return self.standing.delegate if self.standing else None

    @property
    def department(self) -> str | None:
        return self.standing.department if self.standing else None

    @property
    def first_line(self) -> int | None:
        return self.scene.first_line(self.standing.member) if self.standing else None


Breaks = Callable[[Cell], bool]
_RULES: dict[ColumnType, dict[str, Breaks]] = {}


def rule(code: str, *types: ColumnType) -> Callable[[Breaks], Breaks]:
    """Register a function that tells whether a cell breaks the rule of that code, for columns of these types."""

    def register(breaks: Breaks) -> Breaks:
        for column_type in types:
            rules = {**_RULES.get(column_type, {}), code: breaks}
            _RULES[column_type] = dict(sorted(rules.items(), key=lambda entry: ORDER[entry[0]]))
        return breaks

    return register


def first_broken(cell: Cell) -> str | None:
    """One code per cell: the first that applies, in the order of the table."""
    for code, breaks in _RULES[cell.column.type].items():
        if breaks(cell):
            return code
    return None


@rule("missing_value", "member", "department", "count", "amount", "text")
def is_missing(cell: Cell) -> bool:
    return cell.column.required and not cell.text


@rule("not_a_number", *NUMERIC)
def is_not_a_number(cell: Cell) -> bool:
    return cell.number is None and bool(cell.text)


@rule("negative_value", *NUMERIC)
def is_negative(cell: Cell) -> bool:
    """The sign itself is refused: `-0` too."""
    return cell.number is not None and cell.number.has_minus


@rule("not_an_integer", "count")
def is_not_an_integer(cell: Cell) -> bool:
    return cell.number is not None and not cell.number.is_whole


@rule("too_many_decimals", "amount")
def has_too_many_decimals(cell: Cell) -> bool:
    return cell.number is not None and len(cell.number.decimals) > cell.column.scale


@rule("out_of_bounds", *NUMERIC)
def is_out_of_bounds(cell: Cell) -> bool:
    return cell.number is not None and not cell.column.minimum <= cell.number.value <= cell.column.maximum
