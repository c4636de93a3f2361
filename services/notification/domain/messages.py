"""A message: one letter to one recipient, never made twice."""

from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Literal
from uuid import UUID, uuid5

from services.notification.domain.addressing import Addressee

Kind = Literal["receipt", "reminder", "late_digest", "restitution", "audit"]
RecipientKind = Literal["platform", "member", "central"]

KINDS: dict[str, str] = {
    "receipt": "accusé de réception",
    "reminder": "rappel",
    "late_digest": "relevé des retards",
    "restitution": "restitution",
    "audit": "audit",
}
CENTRAL = "UESL"
_FAMILY = UUID("6d1f0a52-5c0e-5d8b-9a55-3e1f5b8e7c10")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody of the registry; a mail address is looked up when the message is made."""

    kind: RecipientKind
    code: str


@dataclass(frozen=True, slots=True)
class Message:
    """What makes a message the same message, the day it belongs to, and its letter's fingerprint."""

    kind: Kind
    subject: str
    recipient: Recipient
    day: date
    letter: str
    # Part of what makes it the same message, in the house and in the events; no kind has a second version yet.
    version: int = 1
    # Who is written to where it is not simply whoever wants messages of that kind; None = that.
    addressed: tuple[Addressee, ...] | None = None

    @property
    def id(self) -> UUID:
        return message_uuid(self.kind, self.subject, self.recipient.code, self.version)


def message_uuid(kind: str, subject: str, recipient: str, version: int) -> UUID:
    """The same for the same message, even if all memory of it is lost."""
    return uuid5(_FAMILY, "\0".join((kind, subject, recipient, str(version))))


def message_id(identity: UUID, sender: str) -> str:
    """The Message-ID header; a message sent again carries the same."""
    return f"<{identity}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
