"""Who is to be audited by when (Niveau 3, Principes généraux, La périodicité), and what the calendar lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.compliance.domain.audits import Audit, Basis
from services.compliance.domain.standards import Audited
from shared.network import SERVICES, Member, Network, Platform, Service

Situation = Literal["overdue", "lacking", "planned", "undated", "up_to_date"]

SITUATIONS: dict[Situation, str] = {
    "overdue": "en retard",
    "lacking": "manque au calendrier",
    "planned": "planifié",
    "undated": "sans date au calendrier",
    "up_to_date": "à jour",
}


@dataclass(frozen=True, slots=True)
class Periodicity:
    """first_by: until when everybody is audited once, where no first agreement ends; then a member's years."""

    first_by: date = date(2006, 12, 31)
    least_years: int = 3
    most_years: int = 5


@dataclass(frozen=True, slots=True)
class Due:
    """What an actor owes for a service; without a `latest` day the board's calendar alone decides."""

    audited_kind: Audited
    audited: str
    name: str
    service: Service
    basis: Basis
    earliest: date | None
    latest: date | None
    last_signed: date | None
    planned_for: date | None
    situation: Situation


def due_audits(network: Network, audits: Sequence[Audit], day: date, rule: Periodicity) -> list[Due]:
    """Everybody who performs a service, or gathers those who do, on that day."""
    external = [one for one in audits if one.kind == "external" and one.state != "cancelled"]
    return [
        *(_due_platform(one, service, external, day, rule) for one, service in _platforms(network, day)),
        *(_due_member(one, service, external, day, rule) for one, service in _members(network, day)),
    ]


def _platforms(network: Network, day: date) -> Iterator[tuple[Platform, Service]]:
    for platform in network.platforms:
        if platform.agreed_on(day):
            for service in SERVICES:
                if network.performers(platform.code, service, day):
                    yield platform, service


def _members(network: Network, day: date) -> Iterator[tuple[Member, Service]]:
    for member in network.members:
        for service in SERVICES:
            if member.platform_on(service, day):
                yield member, service


def _due_platform(platform: Platform, service: Service, audits: Sequence[Audit], day: date, rule: Periodicity) -> Due:
    """Once before the first renewal of its agreement; then when the board says."""
    first = min(platform.agreements, key=lambda agreement: agreement.start)
    own = _of(audits, "platform", platform.code, service)
    signed, planned = _last_signed(own), _next_planned(own)
    latest = None if signed else (first.end or rule.first_by)
    basis: Basis = "calendar" if signed else "first"
    return _due("platform", platform.code, platform.name, service, basis, None, latest, signed, planned, day)


def _due_member(member: Member, service: Service, audits: Sequence[Audit], day: date, rule: Periodicity) -> Due:
    """Once by the same day, or within the years of a member that came later; then every three to five years."""
    own = _of(audits, "member", member.code, service)
    signed, planned = _last_signed(own), _next_planned(own)
    if signed:
        earliest, latest = _years_after(signed, rule.least_years), _years_after(signed, rule.most_years)
        return _due("member", member.code, member.name, service, "calendar", earliest, latest, signed, planned, day)
    joined = min(one.start for one in member.memberships if one.service == service)
    first = rule.first_by if joined <= rule.first_by else _years_after(joined, rule.most_years)
    return _due("member", member.code, member.name, service, "first", None, first, None, planned, day)


def _due(
    kind: Audited, code: str, name: str, service: Service, basis: Basis, earliest: date | None, latest: date | None,
    signed: date | None, planned: date | None, day: date,
) -> Due:  # fmt: skip
    situation = _situation(basis, earliest, latest, planned, day)
    return Due(kind, code, name, service, basis, earliest, latest, signed, planned, situation)


def _situation(basis: Basis, earliest: date | None, latest: date | None, planned: date | None, day: date) -> Situation:
    if (latest and latest < day) or (planned and planned < day):
        return "overdue"
    if planned:
        return "lacking" if latest and planned > latest else "planned"
    if latest is None:
        return "undated"
    return "up_to_date" if earliest and day < earliest else "lacking"


def _of(audits: Sequence[Audit], kind: Audited, code: str, service: str) -> list[Audit]:
    return [one for one in audits if (one.audited_kind, one.audited, one.service) == (kind, code, service)]


def _last_signed(audits: Sequence[Audit]) -> date | None:
    return max((one.signed_on for one in audits if one.signed_on), default=None)


def _next_planned(audits: Sequence[Audit]) -> date | None:
    return min((one.planned_for for one in audits if one.is_open), default=None)


def _years_after(day: date, years: int) -> date:
    """The same day; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def load(audits: Sequence[Audit]) -> dict[tuple[int, str], int]:
    """How many audits by year and firm, those cancelled left out."""
    counted: dict[tuple[int, str], int] = {}
    for one in audits:
        if one.state != "cancelled":
            key = ((one.signed_on or one.planned_for).year, one.firm)
            counted[key] = counted.get(key, 0) + 1
    return dict(sorted(counted.items()))


def is_actor(network: Network, code: str, name: str, emails: Sequence[str]) -> bool:
    """Whether a firm is one of the network's own: no such firm audits it (« non impliqué dans le fonctionnement »)."""
    named: list[tuple[str, str]] = [("", network.central.name)]
    named += [(one.code, one.name) for one in network.platforms]
    named += [(one.code, one.name) for one in network.members]
    named += [(one.code, one.name) for one in network.operators]
    theirs = {email.casefold() for platform in network.platforms for email in platform.emails}
    theirs |= {email.casefold() for member in network.members for email in member.emails}
    theirs |= {email.casefold() for email in network.central.emails}
    told = (code.casefold().strip(), name.casefold().strip())
    is_named = any(own.casefold() == told[0] or known.casefold().strip() == told[1] for own, known in named)
    return is_named or any(email.casefold() in theirs for email in emails)
