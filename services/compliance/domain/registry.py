"""What makes a registry impossible; all faults are told at once (exchange format, The registry)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from services.compliance.domain.faults import Fault, ImpossibleRegistry
from services.compliance.domain.sftp_keys import unusable_keys
from shared.network import Delegation, Member, Network, Operator, Platform, Span
from shared.regions import DEPARTMENTS


def parse_registry(document: Any) -> Network:
    """The network, or ImpossibleRegistry with every fault."""
    try:
        network = Network.model_validate(document)
    except ValidationError as error:
        raise ImpossibleRegistry([_shape_fault(fault) for fault in error.errors()]) from error
    if faults := [fault for rule in _RULES for fault in rule(network)]:
        raise ImpossibleRegistry(faults)
    return network


_SHAPES = {
    "missing": "cette information manque",
    "date_from_datetime_parsing": "une date qui existe est attendue",
    "date_parsing": "une date s’écrit AAAA-MM-JJ",
    "string_pattern_mismatch": "un trimestre s’écrit comme 2005-T1",
    "literal_error": "cette valeur n’est pas dans la liste permise",
    "string_type": "un texte est attendu",
}


def _shape_fault(fault: Any) -> Fault:
    at = "/".join(str(step) for step in fault["loc"]) or "document"
    return Fault(at, f"{at} : {_SHAPES.get(fault['type'], 'valeur non valide')}.")


_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A key of events is `platform/form/period`; `*` is whoever sees everything.
_CODE = re.compile(r"[^\s/*](?:[^/*]{0,38}[^\s/*])?")


def _subjects(network: Network) -> Iterator[tuple[str, Platform | Member | Operator]]:
    for kind in ("platforms", "members", "operators"):
        yield from ((kind, subject) for subject in getattr(network, kind))


def _impossible_codes(network: Network) -> Iterator[Fault]:
    for kind, subject in _subjects(network):
        if not _CODE.fullmatch(subject.code) or _CONTROL_CHARACTER.search(subject.code):
            sentence = "un code a 1 à 40 caractères affichables, sans « / » ni « * », sans espace autour."
            yield Fault(kind, f"{subject.code[:40]!r} : {sentence}")


def _codes_used_twice(network: Network) -> Iterator[Fault]:
    """Files may write a code in any case: two that differ by it alone are one."""
    times = Counter((kind, subject.code.upper()) for kind, subject in _subjects(network))
    for (kind, code), used in times.items():
        if used > 1:
            yield Fault(f"{kind}/{code}", f"Le code {code} est donné {used} fois.")


def _control_characters(network: Network) -> Iterator[Fault]:
    texts = [("central", (network.central.name, *network.central.emails))]
    for kind, subject in _subjects(network):
        emails = () if isinstance(subject, Operator) else subject.emails
        texts.append((f"{kind}/{subject.code}", (subject.name, *emails)))
    for at, said in texts:
        if any(map(_CONTROL_CHARACTER.search, said)):
            yield Fault(at, f"{at} : le nom ou une adresse contient un caractère de contrôle.")


def _dates_upside_down(network: Network) -> Iterator[Fault]:
    for at, span in _spans(network):
        if span.end is not None and span.end < span.start:
            yield Fault(at, f"{at} : la fin ({span.end}) précède le début ({span.start}).")


def _spans(network: Network) -> Iterator[tuple[str, Span]]:
    for platform in network.platforms:
        yield from ((f"platforms/{platform.code}/agreements", agreement) for agreement in platform.agreements)
    for member in network.members:
        for name in ("memberships", "delegations", "departments"):
            yield from ((f"members/{member.code}/{name}", span) for span in getattr(member, name))


def _unknown_places(network: Network) -> Iterator[Fault]:
    for member in network.members:
        named = {member.department, *(dated.department for dated in member.departments)}
        for department in sorted(named - DEPARTMENTS):
            yield Fault(f"members/{member.code}/department", f"{member.code} : département {department} inconnu.")


def _unknown_platforms(network: Network) -> Iterator[Fault]:
    for member in network.members:
        for code in sorted({held.platform for held in member.memberships if not network.platform(held.platform)}):
            yield Fault(f"members/{member.code}/memberships", f"{member.code} : Plate-forme {code} inconnue.")


def _unknown_members_of_operators(network: Network) -> Iterator[Fault]:
    for operator in network.operators:
        for code in operator.members:
            if not network.member(code):
                yield Fault(f"operators/{operator.code}/members", f"{operator.code} : CIL/CCI {code} inconnu.")


def _two_platforms_at_once(network: Network) -> Iterator[Fault]:
    """Requirement 1-3: one platform and only one for a service."""
    for member in network.members:
        for one, other in combinations(member.memberships, 2):
            if one.service == other.service and one.platform != other.platform and one.overlaps(other):
                both = f"{one.platform}, {other.platform}"
                sentence = f"{member.code} : deux Plates-formes à la fois ({both}) pour {one.service}."
                yield Fault(f"members/{member.code}/memberships", sentence)


def _impossible_delegations(network: Network) -> Iterator[Fault]:
    for member in network.members:
        for delegation in member.delegations:
            if reason := _why_impossible(network, member, delegation):
                what = f"la délégation de {delegation.service} à {delegation.member}"
                yield Fault(f"members/{member.code}/delegations", f"{member.code} : {what} est impossible, {reason}.")


def _why_impossible(network: Network, member: Member, delegation: Delegation) -> str | None:
    if delegation.member == member.code:
        return "nul ne se délègue à lui-même"
    if not (delegate := network.member(delegation.member)):
        return "ce CIL/CCI est inconnu"
    if any(d.service == delegation.service and d.overlaps(delegation) for d in delegate.delegations):
        return "ce CIL/CCI a lui-même délégué le service"
    performs = (m for m in delegate.memberships if m.service == delegation.service)
    if not any(
        m.start <= (delegation.end or m.start) and (m.end is None or delegation.start <= m.end) for m in performs
    ):
        return "ce CIL/CCI ne réalise pas le service"
    return None


def _unusable_sftp_keys(network: Network) -> Iterator[Fault]:
    yield from (Fault(at, sentence) for at, sentence in unusable_keys(network))


_RULES: tuple[Callable[[Network], Iterator[Fault]], ...] = (
    _impossible_codes,
    _codes_used_twice,
    _control_characters,
    _dates_upside_down,
    _unknown_places,
    _unknown_platforms,
    _unknown_members_of_operators,
    _two_platforms_at_once,
    _impossible_delegations,
    _unusable_sftp_keys,
)
