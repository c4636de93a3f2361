"""What makes a registry impossible: each fault alone with its sentence, and all of them at once."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.compliance.domain.faults import Fault, ImpossibleRegistry
from services.compliance.domain.registry import parse_registry
from shared.network import Network
from tests.shared.house import golden_document
from tests.shared.networks import member, platform, small_network

Document = dict[str, Any]


def faults_of(document: Any) -> list[Fault]:
    with pytest.raises(ImpossibleRegistry) as caught:
        parse_registry(document)
    return list(caught.value.faults)


@pytest.mark.parametrize("name", ["network-2005", "network-2015"])
def test_the_golden_networks_are_taken(name: str) -> None:
    document = golden_document(name)
    assert parse_registry(document) == Network.model_validate(document)


def test_a_small_network_is_taken() -> None:
    assert parse_registry(small_network()).performers("PF01", "assistance", date(2005, 6, 30))


def _delegate(document: Document, giver: int, to: str, start: str = "2005-01-01", end: str | None = None) -> None:
    entrusted = {"service": "assistance", "member": to, "from": start, "to": end}
    document["members"][giver]["delegations"] = [*document["members"][giver]["delegations"], entrusted]


def _belong_too(document: Document, platform: str, start: str, end: str | None) -> None:
    more = {"service": "assistance", "platform": platform, "from": start, "to": end}
    document["members"][0]["memberships"].append(more)


def _delegate_in_a_chain(document: Document) -> None:
    _delegate(document, 0, "CIL02", end="2005-06-30")
    _delegate(document, 1, "CCI03", start="2005-06-30")


def _delegate_too_late(document: Document) -> None:
    for held in document["members"][1]["memberships"]:
        held["to"] = "2004-12-31"
    _delegate(document, 0, "CIL02")


def _upside_down(kind: str, n: int, name: str) -> Callable[[Document], None]:
    def spoil(document: Document) -> None:
        document[kind][n][name] = [{**document[kind][n][name][0], "from": "2006-01-01", "to": "2005-12-31"}]

    return spoil


def _set(path: str, value: Any) -> Callable[[Document], None]:
    """Spoils one value, named as the faults name it."""

    def spoil(document: Document) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = document
        for step in steps:
            place = place[step]
        place[last] = value

    return spoil


def _append(kind: str, subject: Any) -> Callable[[Document], None]:
    return lambda document: document[kind].append(subject)


_CODE = "un code a 1 à 40 caractères affichables, sans « / » ni « * », sans espace autour."
_DATE = "une date s’écrit AAAA-MM-JJ."
_IMPOSSIBLE = "la délégation de assistance à {} est impossible, {}."

FAULTS: dict[str, tuple[Callable[[Document], Any], str, str]] = {
    "platform twice": (_append("platforms", platform("PF01")), "platforms/PF01", "Le code PF01 est donné 2 fois."),
    "member twice": (_append("members", member("CIL01", "PF02")), "members/CIL01", "Le code CIL01 est donné 2 fois."),
    "member twice but for case": (
        _append("members", {**member("CIL07", "PF02"), "code": "cil01"}), "members/CIL01",
        "Le code CIL01 est donné 2 fois.",
    ),
    "operator twice": (
        _append("operators", {"code": "OP01", "name": "Autre", "members": []}), "operators/OP01",
        "Le code OP01 est donné 2 fois.",
    ),
    "empty code": (_set("operators/0/code", ""), "operators", f"'' : {_CODE}"),
    "code that sees all": (_set("operators/0/code", "*"), "operators", f"'*' : {_CODE}"),
    "code with a slash": (_set("operators/0/code", "A/B"), "operators", f"'A/B' : {_CODE}"),
    "code with a space": (_set("operators/0/code", " OP"), "operators", f"' OP' : {_CODE}"),
    "code with a line break": (_set("operators/0/code", "O\nP"), "operators", f"'O\\nP' : {_CODE}"),
    "long code": (_set("operators/0/code", "x" * 41), "operators", f"'{'x' * 40}' : {_CODE}"),
    "line break in a name": (
        _set("platforms/0/name", "Bcc:\nmoi"), "platforms/PF01",
        "platforms/PF01 : le nom ou une adresse contient un caractère de contrôle.",
    ),
    "line break in an address": (
        _set("central/emails", ["a@b.example\r\nBcc: c"]), "central",
        "central : le nom ou une adresse contient un caractère de contrôle.",
    ),
    "agreement upside down": (
        _upside_down("platforms", 1, "agreements"), "platforms/PF02/agreements",
        "platforms/PF02/agreements : la fin (2005-12-31) précède le début (2006-01-01).",
    ),
    "membership upside down": (
        _upside_down("members", 1, "memberships"), "members/CIL02/memberships",
        "members/CIL02/memberships : la fin (2005-12-31) précède le début (2006-01-01).",
    ),
    "unknown department": (
        _set("members/0/department", "20"), "members/CIL01/department", "CIL01 : département 20 inconnu.",
    ),
    "unknown earlier department": (
        _set("members/0/departments", [{"department": "2C", "from": "2003-01-01", "to": "2004-12-31"}]),
        "members/CIL01/department", "CIL01 : département 2C inconnu.",
    ),
    "unknown platform": (
        lambda document: _belong_too(document, "PF09", "2001-01-01", "2001-12-31"), "members/CIL01/memberships",
        "CIL01 : Plate-forme PF09 inconnue.",
    ),
    "unknown member of an operator": (
        _set("operators/0/members", ["CIL01", "CIL99"]), "operators/OP01/members", "OP01 : CIL/CCI CIL99 inconnu.",
    ),
    "two platforms at once": (
        lambda document: _belong_too(document, "PF02", "2005-06-30", None), "members/CIL01/memberships",
        "CIL01 : deux Plates-formes à la fois (PF01, PF02) pour assistance.",
    ),
    "delegation to oneself": (
        lambda document: _delegate(document, 0, "CIL01"), "members/CIL01/delegations",
        "CIL01 : " + _IMPOSSIBLE.format("CIL01", "nul ne se délègue à lui-même"),
    ),
    "delegation to nobody": (
        lambda document: _delegate(document, 0, "CIL99"), "members/CIL01/delegations",
        "CIL01 : " + _IMPOSSIBLE.format("CIL99", "ce CIL/CCI est inconnu"),
    ),
    "delegation in a chain": (
        _delegate_in_a_chain, "members/CIL01/delegations",
        "CIL01 : " + _IMPOSSIBLE.format("CIL02", "ce CIL/CCI a lui-même délégué le service"),
    ),
    "delegation to one who does not perform": (
        lambda document: _delegate(document, 0, "CIL04"), "members/CIL01/delegations",
        "CIL01 : " + _IMPOSSIBLE.format("CIL04", "ce CIL/CCI ne réalise pas le service"),
    ),
    "delegation to one who no longer performs": (
        _delegate_too_late, "members/CIL01/delegations",
        "CIL01 : " + _IMPOSSIBLE.format("CIL02", "ce CIL/CCI ne réalise pas le service"),
    ),
    "no document": (lambda document: document.clear(), "central", "central : cette information manque."),
    "no name": (lambda document: document["central"].pop("name"), "central/name",
                "central/name : cette information manque."),
    "first period of another kind": (
        _set("first_period", "2005"), "first_period", "first_period : un trimestre s’écrit comme 2005-T1.",
    ),
    "a number for a text": (_set("platforms/0/name", 3), "platforms/0/name",
                            "platforms/0/name : un texte est attendu."),
    "neither CIL nor CCI": (
        _set("members/0/kind", "SA"), "members/0/kind",
        "members/0/kind : cette valeur n’est pas dans la liste permise.",
    ),
    "no such service": (
        _set("members/0/memberships/0/service", "gardiennage"), "members/0/memberships/0/service",
        "members/0/memberships/0/service : cette valeur n’est pas dans la liste permise.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_alone(name: str) -> None:
    spoil, at, sentence = FAULTS[name]
    document = copy.deepcopy(small_network())
    spoil(document)
    assert Fault(at, sentence) in faults_of(document)
    if name not in ("no document", "unknown platform"):
        assert len(faults_of(document)) == 1


@pytest.mark.parametrize(
    "written", ["", "2005", "01/02/2005", "2005-1-1", "20050101", "86400", "2005-01-01T00:00:00", 20050101, 86400, 1.5,
                True, None, {}, "２００５-01-01"],
)  # fmt: skip
def test_days_are_written_in_one_way(written: Any) -> None:
    document = small_network()
    document["platforms"][0]["agreements"] = [{"from": written, "to": None}]
    at = "platforms/0/agreements/0/from"
    assert faults_of(document) == [Fault(at, f"{at} : {_DATE}")]


def test_a_day_exists() -> None:
    document = small_network()
    document["platforms"][0]["agreements"] = [{"from": "2005-02-29", "to": None}]
    [fault] = faults_of(document)
    assert fault.message.endswith("une date qui existe est attendue.")


def test_all_faults_are_told_at_once() -> None:
    document, expected = small_network(), set()
    together = ("platform twice", "unknown department", "two platforms at once", "unknown member of an operator",
                "agreement upside down", "line break in an address", "delegation to nobody")  # fmt: skip
    for name in together:
        spoil, at, sentence = FAULTS[name]
        spoil(document)
        expected.add(Fault(at, sentence))
    assert set(faults_of(document)) == expected


def test_all_wrong_shapes_are_told_at_once() -> None:
    document = small_network(first_period="T1")
    document["members"][0]["kind"] = "SA"
    del document["platforms"][1]["name"]
    assert [fault.at for fault in faults_of(document)] == ["first_period", "platforms/1/name", "members/0/kind"]


@pytest.mark.parametrize("document", [None, [], "x", 3, {"central": []}])
def test_what_is_no_registry(document: Any) -> None:
    assert all(fault.message.endswith(".") for fault in faults_of(document))


def test_what_is_not_forbidden_is_taken() -> None:
    document = small_network()
    _belong_too(document, "PF02", "2001-01-01", "2002-12-31")
    _delegate(document, 0, "CIL02", "2005-01-01", "2005-06-30")
    _delegate(document, 1, "CCI03", "2005-07-01")
    document["members"][0]["departments"] = [{"department": "29", "from": "2003-01-01", "to": "2004-12-31"}]
    document["members"][0]["contacts"] = [{"role": "directeur", "email": "x@y.example"}]
    parse_registry(document)
