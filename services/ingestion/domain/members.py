"""Members: the rules on who may have a line in this platform's file, and on the département said to be theirs."""

from services.ingestion.domain.cells import Cell, rule
from services.ingestion.domain.scene import normal_department


@rule("unknown_member", "member")
def is_unknown(cell: Cell) -> bool:
    """An operator is no member either."""
    return cell.standing is None


@rule("foreign_member", "member")
def is_foreign(cell: Cell) -> bool:
    """Of another platform on that day for that service, or of none."""
    return cell.standing is not None and cell.standing.platform != cell.scene.platform


@rule("delegated_member", "member")
def is_delegated(cell: Cell) -> bool:
    return cell.standing is not None and cell.standing.delegate is not None


@rule("duplicate_line", "member")
def is_duplicate(cell: Cell) -> bool:
    return cell.first_line is not None


@rule("wrong_department", "department")
def is_not_the_members(cell: Cell) -> bool:
    """Looked at only where the member is known; an empty cell says nothing wrong."""
    if cell.standing is None or not cell.text:
        return False
    return normal_department(cell.text) != normal_department(cell.standing.department)
