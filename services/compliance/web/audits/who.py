"""Who may do what in an audit: the words of the rules, from who is signed in."""

from services.compliance.domain.audits import Audit
from services.compliance.domain.audits.states import Mover
from shared.security import Viewer


def movers_of(viewer: Viewer, audit: Audit) -> frozenset[Mover]:
    """UESL steers; an external audit is led by its firm, an internal one by the audited."""
    found: set[Mover] = set()
    if viewer.sees_all:
        found.add("uesl")
    if viewer.sees == audit.owner:
        found |= {"audited"} if audit.kind == "external" else {"audited", "lead"}
    if audit.kind == "external" and viewer.sees == f"auditor/{audit.firm}":
        found.add("lead")
    return frozenset(found)
