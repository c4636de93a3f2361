"""What the rooms say to one another: frozen, written exactly, read tolerantly, changed only by addition."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared import topics
from shared.network import Central, Member, Operator, Platform
from shared.report.model import Document
from shared.topics import Topic


class Said(BaseModel):
    """Part of an event: frozen; fields unknown to this version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Said):
    """Base of all events; the class name is the wire type."""

    topic: ClassVar[Topic]

    @property
    def key(self) -> str:
        raise NotImplementedError


class SubmittedLine(Said):
    """One row of an accepted quarterly file, as judged: the member and the département are the registry's."""

    line: int
    member: str
    department: str
    values: dict[str, Decimal]
    comment: str | None = None


class _Submission(Event):
    topic = topics.SUBMISSIONS

    submission: UUID
    platform: str
    form: str
    period: str
    received_at: datetime
    received_on: date = Field(description="the day in Paris at received_at")
    door: Literal["http", "page", "sftp"]
    file_name: str
    sha256: str

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.form}/{self.period}"


class SubmissionAccepted(_Submission):
    """A file was taken whole; it replaces the standing version of its platform, form and period."""

    version: int = Field(ge=1)
    lines: tuple[SubmittedLine, ...]


class ReportedError(Said):
    """An error without the received value, which never leaves ingestion."""

    line: int | None
    column: str | None
    code: str
    message: str


class SubmissionRejected(_Submission):
    """A file was refused whole; it leaves no trace in any total."""

    error_count: int
    errors: tuple[ReportedError, ...] = Field(description="the first ones; all of them at ingestion")


class ReceptionClosed(Event):
    """Nothing more can be received on that day; so many submissions, accepted or refused, were said for it."""

    topic = topics.SUBMISSIONS

    day: date
    submissions: int

    @property
    def key(self) -> str:
        return self.day.isoformat()


class _Recorded(Event):
    topic = topics.REGISTRY

    version: int = Field(ge=1, description="of the registry; an older one never overwrites a newer one")
    removed: bool = False


class CentralRecorded(_Recorded):
    """The central body, as the registry now has it."""

    central: Central

    @property
    def key(self) -> str:
        return "central/UESL"


class PlatformRecorded(_Recorded):
    """A platform with its whole history."""

    platform: Platform

    @property
    def key(self) -> str:
        return f"platform/{self.platform.code}"


class MemberRecorded(_Recorded):
    """A member with its whole history."""

    member: Member

    @property
    def key(self) -> str:
        return f"member/{self.member.code}"


class OperatorRecorded(_Recorded):
    """An operator and the members it works for."""

    operator: Operator

    @property
    def key(self) -> str:
        return f"operator/{self.operator.code}"


class RegistryRecorded(_Recorded):
    """All subjects of that version have been said: the registry can be used."""

    first_period: str

    @property
    def key(self) -> str:
        return "registry/whole"


class CredentialIssued(Event):
    """A token was made; only its hash is known. `revoked` says it no longer opens anything."""

    topic = topics.REGISTRY

    credential: UUID
    version: int = 1
    token_sha256: str
    role: Literal["platform"]
    platform: str
    name: str
    revoked: bool = False

    @property
    def key(self) -> str:
        return f"credential/{self.credential}"


class DayBegan(Event):
    """It is now that day in Paris."""

    topic = topics.CALENDAR

    day: date

    @property
    def key(self) -> str:
        return self.day.isoformat()


class _Deadline(Event):
    topic = topics.DEADLINES

    platform: str
    form: str
    period: str
    due: date

    @property
    def key(self) -> str:
        return self.platform


class DeadlineApproaching(_Deadline):
    """Nothing has been accepted yet and the due day is near; said on each day of the ladder up to the due day."""

    day: date
    days_left: int


class DeadlineMissed(_Deadline):
    """The due day has passed without an accepted submission; said once, the day after."""

    day: date


class DeadlineMet(_Deadline):
    """A first submission was accepted, on time or late; said once."""

    first_accepted: date
    late: bool


class OwedForm(Said):
    """A form still owed, and the step of the ladder reached (days from the due day)."""

    form: str
    period: str
    due: date
    step: int


class ReminderDue(Event):
    """What a platform must be reminded of that day, unless it arrived before the day began."""

    topic = topics.DEADLINES

    day: date
    platform: str
    owed: tuple[OwedForm, ...]

    @property
    def key(self) -> str:
        return self.platform


class LateSubmission(Said):
    """A platform that is late with a form."""

    platform: str
    form: str
    period: str
    due: date


class LateListed(Event):
    """Everything that is late that day, for UESL's digest; said when the list has moved or a reminder goes out."""

    topic = topics.DEADLINES

    day: date
    late: tuple[LateSubmission, ...]

    @property
    def key(self) -> str:
        return self.day.isoformat()


class IssuedEdition(Said):
    """A frozen table: its number, its document and the document's SHA-256."""

    number: str
    form: str
    period: str
    by: Literal["member", "region", "platform", "national"]
    edition: int
    complete: bool
    sha256: str
    document: Document


class RestitutionIssued(Event):
    """Tables issued together on one day, in numbered parts; nothing is used before all parts are there."""

    topic = topics.RESTITUTIONS

    day: date
    part: int
    parts: int
    editions: tuple[IssuedEdition, ...]

    @property
    def key(self) -> str:
        return self.day.isoformat()


class _Message(Event):
    topic = topics.MESSAGES

    message: UUID
    kind: str
    subject: str
    recipient: str
    version: int

    @property
    def key(self) -> str:
        return str(self.message)


class MessageSent(_Message):
    """The mail server has taken the message."""

    sent_at: datetime


class MessageFailed(_Message):
    """The mail server refused the message for good."""

    reason: str


def _leaves(parent: type[Event]) -> list[type[Event]]:
    found: list[type[Event]] = []
    for child in parent.__subclasses__():
        found += [] if child.__name__.startswith("_") else [child]
        found += _leaves(child)
    return found


EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in _leaves(Event)}
