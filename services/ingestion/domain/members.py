"""Members: the rules on who may have a line in this platform's file, and on the département said to be theirs."""

from services.ingestion.domain.cells import Broken
from services.ingestion.domain.scene import Scene, Standing, normal_department
from shared.network import Member
from shared.report import french


def unknown_member() -> Broken:
    """An operator is no member either."""
    return Broken("unknown_member")


def broken_standing(scene: Scene, standing: Standing) -> Broken | None:
    """Of another platform on that day for that service, or of none; or its service is entrusted to another."""
    if standing.platform != scene.platform:
        return Broken("foreign_member", {"day": french.short_day(scene.day)})
    if standing.delegate is not None:
        return Broken("delegated_member", {"delegate": standing.delegate})
    return None


def broken_department(scene: Scene, member: Member, department: str) -> Broken | None:
    """Looked at only where the member is known; an empty cell says nothing wrong."""
    own = member.department_on(scene.day)
    return None if department == normal_department(own) else Broken("wrong_department", {"department": own})
