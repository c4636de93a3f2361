"""Rows: each becomes a line under the registry's names, or the errors of its cells, left to right."""

from collections.abc import Sequence
from decimal import Decimal

from services.ingestion.domain import members as _member_rules  # noqa: F401  its rules register themselves
from services.ingestion.domain.cells import NUMERIC, Cell, first_broken
from services.ingestion.domain.comparisons import broken_comparisons
from services.ingestion.domain.scene import Scene
from services.ingestion.domain.sheet import Record
from services.ingestion.domain.verdicts import Error, Line, refusal
from shared.forms import Column

_CENT = Decimal("0.01")


class RowJudge:
    """Judges the rows of one file in their order; the columns are in the order of its header."""

    def __init__(self, columns: Sequence[Column], scene: Scene) -> None:
        self._columns = columns
        self._scene = scene
        self._member_at = [column.type for column in columns].index("member")

    def judge(self, line: int, record: Record) -> Line | list[Error]:
        if len(record) != len(self._columns):
            return [self._wrong_field_count(line, record)]
        cells = self._cells(record)
        errors = self._errors(line, record, cells)
        standing = cells[self._member_at].standing
        if standing:
            self._scene.remember(standing.member, line)
        if errors or not standing:
            return errors
        return Line(line, standing.member, standing.department, _values(cells), _comment(cells))

    def _cells(self, record: Record) -> list[Cell]:
        standing = self._scene.standing(record[self._member_at])
        return [
            Cell(column, written.strip(), self._scene, standing)
            for column, written in zip(self._columns, record, strict=True)
        ]

    def _errors(self, line: int, record: Record, cells: list[Cell]) -> list[Error]:
        broken = {cell.column.name: code for cell in cells if (code := first_broken(cell))}
        right = _values([cell for cell in cells if cell.column.name not in broken])
        broken |= {comparison.column: comparison.code for comparison in broken_comparisons(right)}
        return [
            refusal(code, line=line, column=cell.column.name, value=written, cell=cell)
            for cell, written in zip(cells, record, strict=True)
            if (code := broken.get(cell.column.name))
        ]

    def _wrong_field_count(self, line: int, record: Record) -> Error:
        found, expected = len(record), len(self._columns)
        return refusal("wrong_field_count", line=line, value=str(found), expected=expected, found=found)


def _values(cells: list[Cell]) -> dict[str, int | Decimal]:
    return {cell.column.name: _exact(cell) for cell in cells if cell.number and cell.column.type in NUMERIC}


def _exact(cell: Cell) -> int | Decimal:
    """Only for a cell that is right, hence within its bounds."""
    assert cell.number is not None
    return cell.number.value.quantize(_CENT) if cell.column.scale else int(cell.number.value)


def _comment(cells: list[Cell]) -> str | None:
    return next((cell.text for cell in cells if cell.column.type == "text" and cell.text), None)
