"""What the rooms say to one another; the class name is the wire type."""

from shared.events.audits import AuditAnswerAwaited, AuditPlanned, AuditSigned, EvidenceRequested
from shared.events.base import Event, Said
from shared.events.deadlines import (
    DayBegan,
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineMet,
    DeadlineMissed,
    LateListed,
    LateSubmission,
    OwedForm,
    PeriodClosed,
    PeriodReopened,
    ReminderDue,
)
from shared.events.messages import MessageFailed, MessageSent
from shared.events.registry import (
    CentralRecorded,
    CredentialIssued,
    MemberRecorded,
    OperatorRecorded,
    PlatformRecorded,
    RegistryRecorded,
    SessionEnded,
)
from shared.events.restitutions import IssuedEdition, Objective, ObjectivesSet, RestitutionIssued
from shared.events.submissions import (
    CasesReported,
    ExplainedWarning,
    ReceptionClosed,
    ReportedError,
    SubmissionAccepted,
    SubmissionRejected,
    SubmittedLine,
    WarningsExplained,
)

__all__ = [
    "EVENTS",
    "AuditAnswerAwaited",
    "AuditPlanned",
    "AuditSigned",
    "CasesReported",
    "CentralRecorded",
    "CredentialIssued",
    "DayBegan",
    "DeadlineApproaching",
    "DeadlineExtended",
    "DeadlineMet",
    "DeadlineMissed",
    "Event",
    "EvidenceRequested",
    "ExplainedWarning",
    "IssuedEdition",
    "LateListed",
    "LateSubmission",
    "MemberRecorded",
    "MessageFailed",
    "MessageSent",
    "Objective",
    "ObjectivesSet",
    "OperatorRecorded",
    "OwedForm",
    "PeriodClosed",
    "PeriodReopened",
    "PlatformRecorded",
    "ReceptionClosed",
    "RegistryRecorded",
    "ReminderDue",
    "ReportedError",
    "RestitutionIssued",
    "Said",
    "SessionEnded",
    "SubmissionAccepted",
    "SubmissionRejected",
    "SubmittedLine",
    "WarningsExplained",
]


def _leaves(parent: type[Event]) -> list[type[Event]]:
    found: list[type[Event]] = []
    for child in parent.__subclasses__():
        found += [] if child.__name__.startswith("_") else [child]
        found += _leaves(child)
    return found


EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in _leaves(Event)}
