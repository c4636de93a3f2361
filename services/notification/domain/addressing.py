"""Who is written to about what is owed, and why that person: by role, by level, with UESL's correspondent in copy."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from shared.network import Platform
from shared.network_facts import Contact

ROLES = {
    "referent": "interlocuteur référent",
    "deputy": "suppléant",
    "management": "direction",
    "data": "transmission des fichiers",
}
MANAGEMENT_FROM = 3


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address with the reason why it is written to; `copied`: not the one who must act."""

    address: str
    name: str
    why: str
    copied: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def addressees(platform: Platform, level: int, day: date) -> tuple[Addressee, ...]:
    """Each address once, whoever must act first; nobody where nobody of the platform can be written to."""
    found: dict[str, Addressee] = {}
    for one in (*_who_must_act(platform, level, day), *_copied(platform, day)):
        found.setdefault(one.address.casefold(), one)
    to = tuple(found.values())
    return to if any(not one.copied for one in to) else ()


def _who_must_act(platform: Platform, level: int, day: date) -> Iterator[Addressee]:
    contacts = [contact for contact in platform.contacts if contact.covers(day)]
    reminded = [contact for contact in contacts if "reminder" in contact.receives]
    yield from (_contact(contact, "reçoit les rappels") for contact in reminded)
    if not reminded:
        why = "adresse de la Plate-forme : aucun interlocuteur n’y reçoit les rappels"
        yield from (Addressee(email, platform.name, why) for email in platform.emails)
    if level >= MANAGEMENT_FROM:
        raised = (contact for contact in contacts if "escalation" in contact.receives)
        yield from (_contact(contact, f"joint à partir du niveau {MANAGEMENT_FROM}") for contact in raised)


def _contact(contact: Contact, what: str) -> Addressee:
    return Addressee(contact.email, contact.name, f"{ROLES[contact.role]}, {what}")


def _copied(platform: Platform, day: date) -> Iterator[Addressee]:
    for correspondent in platform.correspondents:
        if correspondent.covers(day):
            yield Addressee(correspondent.email, correspondent.name, "correspondant de l’UESL, en copie", copied=True)
