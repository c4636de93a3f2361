"""The network as the registry tells it: who belongs where, on which day (`network.json`)."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from shared.network_facts import (
    SERVICES,
    Agreement,
    Commitments,
    Contacts,
    Correspondents,
    DatedDepartment,
    Day,
    Delegation,
    Fact,
    Membership,
    Missions,
    OptionalDay,
    OptionalText,
    Service,
    Span,
)

if TYPE_CHECKING:
    from shared.forms import Form
    from shared.periods import Period

__all__ = [
    "SERVICES",
    "Agreement",
    "Central",
    "DatedDepartment",
    "Day",
    "Delegation",
    "Fact",
    "Member",
    "Membership",
    "Network",
    "Operator",
    "Platform",
    "Service",
    "Span",
]


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
    contacts: Contacts = ()
    correspondents: Correspondents = ()
    commitments: Commitments = ()

    def agreed_on(self, day: date) -> bool:
        return any(agreement.covers(day) for agreement in self.agreements)


class Member(Fact):
    """A CIL/CCI; `closed` is the last day of its existence, `merged_into` the member that took it over."""

    code: str
    kind: Literal["CIL", "CCI"]
    name: str
    department: str
    emails: tuple[str, ...] = ()
    memberships: tuple[Membership, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    departments: tuple[DatedDepartment, ...] = ()
    created: OptionalDay = None
    closed: OptionalDay = None
    merged_into: OptionalText = None
    contacts: Contacts = ()
    commitments: Commitments = ()

    def exists_on(self, day: date) -> bool:
        return (self.created is None or self.created <= day) and (self.closed is None or day <= self.closed)

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
    """A title V subsidiary that acts for members; never an `organisme`. `works_for` dates what `members` lists."""

    code: str
    name: str
    members: tuple[str, ...] = ()
    works_for: Missions = ()
    contacts: Contacts = ()
    commitments: Commitments = ()

    def members_on(self, day: date) -> tuple[str, ...]:
        dated = {mission.member for mission in self.works_for}
        held = {mission.member for mission in self.works_for if mission.covers(day)}
        return tuple(sorted(held | (set(self.members) - dated)))


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

    @cached_property
    def _owing(self) -> dict[tuple[str, tuple[str, ...], date], bool]:
        return {}

    @cached_property
    def _expected(self) -> dict[tuple[str, tuple[str, ...], date], tuple[str, ...]]:
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
        about = platform, form.services, period.last_day
        if about not in self._owing:
            self._owing[about] = self._owes_on(*about)
        return self._owing[about]

    def _owes_on(self, platform: str, services: tuple[str, ...], day: date) -> bool:
        known = self.platform(platform)
        if known is None or not known.agreed_on(day):
            return False
        return any(self.performers(platform, service, day) for service in services)

    def expected(self, platform: str, services: tuple[str, ...], day: date) -> tuple[str, ...]:
        """The codes of all who perform one of the services for that platform on that day, in order."""
        about = platform, services, day
        if about not in self._expected:
            found = {member.code for service in services for member in self.performers(platform, service, day)}
            self._expected[about] = tuple(sorted(found))
        return self._expected[about]
