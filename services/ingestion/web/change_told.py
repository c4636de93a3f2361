"""Changes in French: what a reader sees of a line that came, went or changed, cell by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.ingestion.domain.difference import Change, Kind
from services.ingestion.domain.filed import Row
from services.ingestion.tables.differing import Difference
from shared.forms import Column, Form
from shared.report import french

KINDS: dict[Kind, str] = {"added": "ajoutée", "removed": "retirée", "changed": "modifiée"}
TONES: dict[Kind, str] = {"added": "good", "removed": "bad", "changed": "warn"}
_NOTHING = "vide"
_FLAGS = {"O": "oui", "N": "non"}


@dataclass(frozen=True, slots=True)
class CellTold:
    """A cell that changed, or one of a line that stands on one side alone: `before` is empty then."""

    label: str
    before: str
    after: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """A line with its place in either file."""

    kind: Kind
    word: str
    tone: str
    member: str
    line_before: int | None
    line_after: int | None
    cells: tuple[CellTold, ...]


def changes_told(form: Form, found: Difference, changes: Sequence[Change]) -> list[ChangeTold]:
    return [_told(form, found, change) for change in changes]


def _told(form: Form, found: Difference, change: Change) -> ChangeTold:
    one = change.after or change.before or []
    both = change.before is not None and change.after is not None
    cells = _changed(form, found.columns, change) if both else _standing_alone(form, found.columns, one)
    return ChangeTold(
        change.kind,
        KINDS[change.kind],
        TONES[change.kind],
        found.member_of(one),
        change.before[0] if change.before else None,
        change.after[0] if change.after else None,
        tuple(cells),
    )


def _changed(form: Form, columns: Sequence[str], change: Change) -> Iterator[CellTold]:
    changed = change.changed(columns)
    for name, before, after in zip(columns, (change.before or [])[1:], (change.after or [])[1:], strict=True):
        if name in changed:
            column = form.by_name.get(name)
            was, now = told_value(form, column, before), told_value(form, column, after)
            yield CellTold(_label(column, name), was, now, _gap(column, before, after))


def _standing_alone(form: Form, columns: Sequence[str], row: Row) -> Iterator[CellTold]:
    """What is empty, and what was answered with no, is passed over."""
    for name, value in zip(columns, row[1:], strict=True):
        column = form.by_name.get(name)
        passed_over = column is not None and (column.type == "member" or (column.type == "flag" and value == "N"))
        if value is not None and not passed_over:
            yield CellTold(_label(column, name), "", told_value(form, column, value))


def _label(column: Column | None, name: str) -> str:
    return column.label if column else name


def told_value(form: Form, column: Column | None, value: Any) -> str:
    """As a French reader writes it; a code with what it stands for."""
    if value is None:
        return _NOTHING
    match column.type if column else "text":
        case "count":
            return french.number(int(value))
        case "amount":
            return french.amount(Decimal(value))
        case "flag":
            return _FLAGS.get(str(value), str(value))
    label = form.codes_of(column).get(str(value)) if column and column.type == "code" else None
    return f"{value} ({label})" if label else str(value)


def _gap(column: Column | None, before: Any, after: Any) -> str:
    if column is None or column.type not in ("count", "amount") or before is None or after is None:
        return ""
    return told_delta(column, Decimal(after) - Decimal(before))


def told_delta(column: Column, delta: Decimal) -> str:
    """With its sign, whatever it is."""
    written = french.amount(delta) if column.type == "amount" else french.number(int(delta))
    return f"+{written}" if delta > 0 else written
