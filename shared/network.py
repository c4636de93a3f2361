"""The network as the registry tells it: who belongs where, on which day (`network.json`)."""

import re
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from shared.forms import Form
    from shared.periods import Period

Service = Literal["assistance", "mobilite"]
SERVICES: tuple[Service, ...] = ("assistance", "mobilite")


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


class Span(Fact):
    """Something that holds from a day to a day, both included; None = open."""

    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Self) -> bool:
        return (other.end is None or self.start <= other.end) and (self.end is None or other.start <= self.end)


class Agreement(Span):
    """UESL's agreement to a platform (lettre d'agrément)."""


class Membership(Span):
    """A member belongs to a platform for a service."""

    service: Service
    platform: str


class Delegation(Span):
    """A member has entrusted a service to another by formal agreement."""

    service: Service
    member: str


class DatedDepartment(Span):
    """Where a member sat before it moved."""

    department: str


class Central(Fact):
    """The central body."""

    name: str
    emails: tuple[str, ...] = ()


class Platform(Fact):
    """A Plate-forme de service."""

    code: str
    name: str
    agreements: tuple[Agreement, ...] = ()
    emails: tuple[str, ...] = ()
    sftp_keys: tuple[str, ...] = ()

    def agreed_on(self, day: date) -> bool:
        return any(agreement.covers(day) for agreement in self.agreements)


class Member(Fact):
    """A CIL/CCI."""

    code: str
    kind: Literal["CIL", "CCI"]
    name: str
    department: str
    emails: tuple[str, ...] = ()
    memberships: tuple[Membership, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    departments: tuple[DatedDepartment, ...] = ()

    def platform_on(self, service: str, day: date) -> str | None:
        held = (m.platform for m in self.memberships if m.service == service and m.covers(day))
        return next(held, None)

    def delegated_to(self, service: str, day: date) -> str | None:
        held = (d.member for d in self.delegations if d.service == service and d.covers(day))
        return next(held, None)

    def department_on(self, day: date) -> str:
        held = (d.department for d in self.departments if d.covers(day))
        return next(held, self.department)


class Operator(Fact):
    """A title V subsidiary that acts for members; never an `organisme`."""

    code: str
    name: str
    members: tuple[str, ...] = ()


class Network(Fact):
    """The whole registry, as put by UESL or as a room has read it."""

    central: Central
    first_period: str = Field(pattern=r"^[12][0-9]{3}-T[1-4]$")
    platforms: tuple[Platform, ...]
    members: tuple[Member, ...]
    operators: tuple[Operator, ...] = ()

    @cached_property
    def _platforms(self) -> dict[str, Platform]:
        return {platform.code: platform for platform in self.platforms}

    @cached_property
    def _members(self) -> dict[str, Member]:
        return {member.code: member for member in self.members}

    @cached_property
    def _performers(self) -> dict[tuple[str, date], dict[str, list[Member]]]:
        return {}

    def platform(self, code: str) -> Platform | None:
        return self._platforms.get(code)

    def member(self, code: str) -> Member | None:
        return self._members.get(code)

    def performers(self, platform: str, service: str, day: date) -> list[Member]:
        """Who has a line of that platform: belongs to it on that day and has not entrusted the service to another."""
        if (service, day) not in self._performers:
            self._performers[service, day] = self._performers_by_platform(service, day)
        return self._performers[service, day].get(platform, [])

    def _performers_by_platform(self, service: str, day: date) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members:
            platform = member.platform_on(service, day)
            if platform and not member.delegated_to(service, day):
                found.setdefault(platform, []).append(member)
        return found

    def owes(self, platform: str, form: "Form", period: "Period") -> bool:
        """Exchange format, Forms: somebody performs the service on the last day, and the agreement covers it."""
        known, day = self.platform(platform), period.last_day
        if known is None or not known.agreed_on(day):
            return False
        return any(self.performers(platform, service, day) for service in form.services)
