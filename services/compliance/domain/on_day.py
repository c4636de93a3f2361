"""The network on a day: who belongs where, who acts for whom, and what differs between two looks at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shared.network import SERVICES, Member, Network, Operator, Platform
from shared.report import french

Subject = tuple[str, str]
SERVICE_NAMES = {"assistance": "assistance", "mobilite": "mobilité"}
LABELS = {
    "name": "Nom",
    "kind": "Nature",
    "department": "Département",
    "exists": "Existe",
    "merged_into": "Absorbé par",
    "agreement": "Agrément",
    "letter": "Lettre d’agrément",
    "correspondent": "Correspondant de l’UESL",
    "contacts": "Interlocuteurs",
    "emails": "Adresses",
    "members": "CIL/CCI",
    "platform_assistance": "Plate-forme, assistance",
    "platform_mobilite": "Plate-forme, mobilité",
    "convention_assistance": "Convention EA19",
    "convention_mobilite": "Convention EM20",
    "delegated_assistance": "Assistance confiée à",
    "delegated_mobilite": "Mobilité confiée à",
    "commitment_assistance": "Charte assistance",
    "commitment_mobilite": "Charte mobilité",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that differs; None = it was not so, or the subject was not there."""

    kind: str
    code: str
    fact: str
    before: str | None
    after: str | None

    @property
    def label(self) -> str:
        return LABELS[self.fact]


def facts_on(network: Network, day: date) -> dict[Subject, dict[str, str]]:
    """What holds on that day, subject by subject; a fact that does not hold is absent."""
    found: dict[Subject, dict[str, str]] = {("central", "UESL"): _central(network)}
    for platform in network.platforms:
        found["platforms", platform.code] = _held(_platform(platform, day))
    for member in network.members:
        found["members", member.code] = _held(_member(member, day))
    for operator in network.operators:
        found["operators", operator.code] = _held(_operator(operator, day))
    return found


def _held(facts: Iterator[tuple[str, str | None]]) -> dict[str, str]:
    return {name: value for name, value in facts if value}


def _central(network: Network) -> dict[str, str]:
    return _held(iter([("name", network.central.name), ("emails", ", ".join(network.central.emails))]))


def _platform(platform: Platform, day: date) -> Iterator[tuple[str, str | None]]:
    yield "name", platform.name
    yield "emails", ", ".join(platform.emails)
    agreement = next((one for one in platform.agreements if one.covers(day)), None)
    if agreement:
        until = f" au {french.short_day(agreement.end)}" if agreement.end else ", sans fin"
        yield "agreement", f"du {french.short_day(agreement.start)}{until}"
        yield "letter", agreement.letter
    correspondent = next((one for one in platform.correspondents if one.covers(day)), None)
    yield "correspondent", f"{correspondent.name} <{correspondent.email}>" if correspondent else None
    yield from _common(platform, day)


def _member(member: Member, day: date) -> Iterator[tuple[str, str | None]]:
    yield "name", member.name
    yield "kind", member.kind
    yield "department", member.department_on(day)
    yield "emails", ", ".join(member.emails)
    yield "exists", "oui" if member.exists_on(day) else "non"
    yield "merged_into", None if member.exists_on(day) else member.merged_into
    for service in SERVICES:
        held = next((m for m in member.memberships if m.service == service and m.covers(day)), None)
        yield f"platform_{service}", held.platform if held else None
        yield f"convention_{service}", held.convention if held else None
        yield f"delegated_{service}", member.delegated_to(service, day)
    yield from _common(member, day)


def _operator(operator: Operator, day: date) -> Iterator[tuple[str, str | None]]:
    yield "name", operator.name
    yield "members", ", ".join(operator.members_on(day))
    yield from _common(operator, day)


def _common(subject: Platform | Member | Operator, day: date) -> Iterator[tuple[str, str | None]]:
    contacts = [contact for contact in subject.contacts if contact.covers(day)]
    yield "contacts", ", ".join(f"{contact.name} <{contact.email}>".strip() for contact in contacts)
    for service in SERVICES:
        signed = next((one for one in subject.commitments if one.service == service and one.covers(day)), None)
        said = f"depuis le {french.short_day(signed.start)}" if signed else None
        yield f"commitment_{service}", (signed.document or said) if signed else None


def differences(
    before: Mapping[Subject, Mapping[str, str]], after: Mapping[Subject, Mapping[str, str]]
) -> Iterator[Difference]:
    """Fact by fact, subjects in a fixed order."""
    for kind, code in sorted(before.keys() | after.keys()):
        one, other = before.get((kind, code), {}), after.get((kind, code), {})
        for fact in LABELS:
            if one.get(fact) != other.get(fact):
                yield Difference(kind, code, fact, one.get(fact), other.get(fact))
