"""What the registry says of a subject, fact by fact, each with the days on which it holds."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

Service = Literal["assistance", "mobilite"]
SERVICES: tuple[Service, ...] = ("assistance", "mobilite")
SERVICE_TITLES: Mapping[str, str] = {"assistance": "CIL-PASS assistance", "mobilite": "CIL-PASS mobilité"}
ContactRole = Literal["referent", "deputy", "management", "data"]
Wanted = Literal["receipt", "reminder", "escalation", "restitution"]


class Fact(BaseModel):
    """Base of what the registry says: frozen, tolerant of fields that come later."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso_day(value: Any) -> Any:
    """pydantic alone would also read a number of seconds or a time of day."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "a day is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso_day)]


def _day_or_none(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_iso_day(value))
    except ValueError:
        return None


def _text_or_none(value: Any) -> Any:
    return value if isinstance(value, str) and value else None


def _text_or_nothing(value: Any) -> Any:
    return value if isinstance(value, str) else ""


# Of another shape than ours they are not read: the exchange format leaves them open.
OptionalDay = Annotated[date | None, BeforeValidator(_day_or_none)]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Reference = Annotated[str, BeforeValidator(_text_or_nothing)]


class Span(Fact):
    """Something that holds from a day to a day, both included; None = open."""

    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Self) -> bool:
        return (other.end is None or self.start <= other.end) and (self.end is None or other.start <= self.end)


class Agreement(Span):
    """UESL's agreement to a platform; `letter` is the reference of the lettre d'agrément, a renewal has its own."""

    letter: Reference = ""


class Membership(Span):
    """A member belongs to a platform for a service, by a convention (EA19 for assistance, EM20 for mobilité)."""

    service: Service
    platform: str
    convention: Reference = ""
    signed: OptionalDay = None


class Delegation(Span):
    """A member has entrusted a service to another by formal agreement."""

    service: Service
    member: str


class DatedDepartment(Span):
    """Where a member sat before it moved."""

    department: str


class Commitment(Span):
    """An actor has signed the Charte of a service (acte d'engagement, supporting document 5)."""

    service: Service
    document: Reference = ""


class WorksFor(Span):
    """An operator acts for a member."""

    member: str


class Correspondent(Span):
    """Who follows a platform at UESL, and is copied on its reminders."""

    name: str
    email: str


class Contact(Fact):
    """A person to write to, in a role, for what he or she wants to receive; without days it always holds."""

    role: ContactRole
    name: str = ""
    email: str
    receives: tuple[Wanted, ...] = ()
    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def _reader(kind: type[Fact]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        items = value if isinstance(value, list | tuple) else ()
        return tuple(found for item in items if (found := read_fact(kind, item)) is not None)

    return read


def read_fact(kind: type[Fact], value: Any) -> Fact | None:
    """None for what has another shape: a registry made elsewhere may use a name of ours for something else."""
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None


Commitments = Annotated[tuple[Commitment, ...], BeforeValidator(_reader(Commitment))]
Contacts = Annotated[tuple[Contact, ...], BeforeValidator(_reader(Contact))]
Correspondents = Annotated[tuple[Correspondent, ...], BeforeValidator(_reader(Correspondent))]
Missions = Annotated[tuple[WorksFor, ...], BeforeValidator(_reader(WorksFor))]
