"""What a registry may say beside the exchange format: what of it cannot be read, and what of it cannot be.

A document put whole is taken all the same, and is told; a change made here is refused for it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from services.compliance.domain.faults import Fault
from shared.network import Member, Network, Platform
from shared.network_facts import Commitment, Contact, Correspondent, Fact, Span, WorksFor, read_fact

_LISTS: dict[str, dict[str, type[Fact]]] = {
    "platforms": {"contacts": Contact, "correspondents": Correspondent, "commitments": Commitment},
    "members": {"contacts": Contact, "commitments": Commitment},
    "operators": {"contacts": Contact, "commitments": Commitment, "works_for": WorksFor},
}
_DAYS = ("created", "closed")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def remarks_on(document: Any, network: Network) -> list[Fault]:
    """Everything in the optional facts that is not read, or contradicts something."""
    return [*_unread(document), *(fault for rule in _RULES for fault in rule(network))]


def _unread(document: Any) -> Iterator[Fault]:
    for kind, lists in _LISTS.items():
        for subject in document.get(kind, ()):
            at = f"{kind}/{subject['code']}"
            for name, fact in lists.items():
                yield from _unread_items(f"{at}/{name}", subject.get(name), fact)
    for member in document.get("members", ()):
        for name in _DAYS:
            if member.get(name) and getattr(Member.model_validate(member), name) is None:
                yield Fault(
                    f"members/{member['code']}/{name}", f"{member['code']} : {name} n’est pas une date AAAA-MM-JJ."
                )


def _unread_items(at: str, items: Any, fact: type[Fact]) -> Iterator[Fault]:
    if items is not None and not isinstance(items, list):
        yield Fault(at, f"{at} : une liste est attendue ; ceci n’est pas lu.")
        return
    for n, item in enumerate(items or (), start=1):
        if read_fact(fact, item) is None:
            yield Fault(at, f"{at}, ligne {n} : incomplète ou illisible, elle n’est pas lue.")


def _spans(network: Network) -> Iterator[tuple[str, Span]]:
    for platform in network.platforms:
        for name in ("correspondents", "commitments"):
            yield from ((f"platforms/{platform.code}/{name}", span) for span in getattr(platform, name))
    for member in network.members:
        yield from ((f"members/{member.code}/commitments", span) for span in member.commitments)
    for operator in network.operators:
        for name in ("works_for", "commitments"):
            yield from ((f"operators/{operator.code}/{name}", span) for span in getattr(operator, name))


def _upside_down(network: Network) -> Iterator[Fault]:
    for at, span in _spans(network):
        if span.end is not None and span.end < span.start:
            yield Fault(at, f"{at} : la fin ({span.end}) précède le début ({span.start}).")
    for at, contact in _contacts(network):
        if contact.start and contact.end and contact.end < contact.start:
            yield Fault(at, f"{at} : la fin ({contact.end}) précède le début ({contact.start}).")


def _contacts(network: Network) -> Iterator[tuple[str, Contact]]:
    for kind in ("platforms", "members", "operators"):
        for subject in getattr(network, kind):
            yield from ((f"{kind}/{subject.code}/contacts", contact) for contact in subject.contacts)


def _impossible_addresses(network: Network) -> Iterator[Fault]:
    written = [(at, contact.email) for at, contact in _contacts(network)]
    for platform in network.platforms:
        at = f"platforms/{platform.code}/correspondents"
        written += [(at, correspondent.email) for correspondent in platform.correspondents]
    for at, email in written:
        if not _EMAIL.fullmatch(email):
            yield Fault(at, f"{at} : « {email[:60]} » n’est pas une adresse électronique.")


def _impossible_lives(network: Network) -> Iterator[Fault]:
    for member in network.members:
        yield from (Fault(f"members/{member.code}/closed", f"{member.code} : {why}.") for why in _life(network, member))


def _life(network: Network, member: Member) -> Iterator[str]:
    if member.created and member.closed and member.closed < member.created:
        yield f"la fermeture ({member.closed}) précède la création ({member.created})"
    if member.merged_into:
        if member.closed is None:
            yield "une fusion demande le dernier jour d’existence"
        if member.merged_into == member.code:
            yield "nul ne fusionne avec lui-même"
        elif not network.member(member.merged_into):
            yield f"le CIL/CCI absorbant {member.merged_into} est inconnu"
    for what, span in (*_named(member.memberships, "l’adhésion"), *_named(member.delegations, "l’accord formel")):
        if member.closed and (span.end is None or span.end > member.closed):
            yield f"{what} du {span.start} dure au-delà de la fermeture ({member.closed})"
        if member.created and span.start < member.created:
            yield f"{what} du {span.start} commence avant la création ({member.created})"


def _named(spans: Sequence[Span], what: str) -> Iterator[tuple[str, Span]]:
    yield from ((what, span) for span in spans)


def _unknown_principals(network: Network) -> Iterator[Fault]:
    for operator in network.operators:
        for code in sorted({mission.member for mission in operator.works_for}):
            if not network.member(code):
                yield Fault(f"operators/{operator.code}/works_for", f"{operator.code} : CIL/CCI {code} inconnu.")


def _two_correspondents(network: Network) -> Iterator[Fault]:
    for platform in network.platforms:
        yield from _overlapping(platform)


def _overlapping(platform: Platform) -> Iterator[Fault]:
    found = platform.correspondents
    for n, one in enumerate(found):
        if any(one.overlaps(other) for other in found[n + 1 :]):
            sentence = f"{platform.code} : deux correspondants de l’UESL à la fois."
            yield Fault(f"platforms/{platform.code}/correspondents", sentence)
            return


_RULES: tuple[Callable[[Network], Iterator[Fault]], ...] = (
    _upside_down,
    _impossible_addresses,
    _impossible_lives,
    _unknown_principals,
    _two_correspondents,
)
