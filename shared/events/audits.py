"""What compliance says on `audits`."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared import topics
from shared.events.base import Event


class _Audit(Event):
    topic = topics.AUDITS

    audit: UUID
    number: str
    kind: Literal["external", "internal"]
    service: str
    audited_kind: Literal["member", "platform"]
    audited: str
    firm: str = ""

    @property
    def key(self) -> str:
        return str(self.audit)


class AuditPlanned(_Audit):
    """An audit has a date, and somebody who leads it."""

    planned_for: date
    basis: Literal["first", "calendar", "on_demand"]
    reason: str = ""


class EvidenceRequested(_Audit):
    """The audited is to send these pieces; what is of single cases is seen on the spot and not among them."""

    due: date
    evidence: tuple[str, ...]


class AuditAnswerAwaited(_Audit):
    """The findings are with the audited, who answers each."""

    major: int
    minor: int


class AuditSigned(_Audit):
    """The report is frozen; `sha256` is its document's."""

    signed_on: date
    signed_by: str
    sha256: str
    major: int
    minor: int
