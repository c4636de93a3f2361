"""The registry in two times: what held on a day, as it was known on a day; nothing that was recorded is lost."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.compliance.domain.on_day import differences, facts_on
from services.compliance.domain.optional_facts import remarks_on
from services.compliance.domain.registry import parse_registry
from services.compliance.domain.subject_sheets import SHEETS, read_sheet
from shared.events import MemberRecorded, PlatformRecorded
from shared.network import Network
from shared.readings import read_network
from tests.shared.house import House, golden_document
from tests.shared.networks import member, small_network

ADDRESS = "/api/v1/registry"


def rich_network() -> dict[str, Any]:
    """Everything that the registry can say: agreements renewed, conventions, a merger, a move, contacts, Chartes."""
    document = small_network()
    pf01, pf02 = document["platforms"][0], document["platforms"][1]
    pf01["agreements"] = [
        {"from": "2003-01-01", "to": "2005-12-31", "letter": "LA 2003-12"},
        {"from": "2006-01-01", "to": None, "letter": "LA 2006-01"},
    ]
    pf01["correspondents"] = [
        {"name": "A. Leroy", "email": "leroy@uesl.example", "from": "2003-01-01", "to": "2005-03-31"},
        {"name": "B. Martin", "email": "martin@uesl.example", "from": "2005-04-01", "to": None},
    ]
    pf01["contacts"] = [
        {"role": "referent", "name": "C. Petit", "email": "petit@reseau.example", "receives": ["reminder", "receipt"]},
        {"role": "management", "name": "D. Roux", "email": "roux@reseau.example", "receives": ["escalation"],
         "from": "2005-06-01", "to": None},
    ]  # fmt: skip
    pf02["unknown_here"] = {"kept": True}
    cil01 = document["members"][0]
    cil01["memberships"] = [
        {"service": "assistance", "platform": "PF01", "from": "2003-01-01", "to": "2005-08-15",
         "convention": "EA19/2003/7", "signed": "2002-12-20", "annexe": "gardée"},
        {"service": "assistance", "platform": "PF02", "from": "2005-08-16", "to": None},
    ]  # fmt: skip
    cil01["department"], cil01["departments"] = "56", [{"department": "35", "from": "2000-01-01", "to": "2005-05-31"}]
    cil01["commitments"] = [{"service": "assistance", "from": "2003-02-01", "to": None, "document": "acte 12"}]
    cil06 = document["members"][5]
    cil06["closed"], cil06["merged_into"] = "2005-09-30", "CIL05"
    cil06["memberships"][0]["to"] = "2005-09-30"
    document["operators"][0]["works_for"] = [{"member": "CIL04", "from": "2004-01-01", "to": "2005-06-30"}]
    return document


def told_on(day: str) -> dict[tuple[str, str], dict[str, str]]:
    return facts_on(Network.model_validate(rich_network()), date.fromisoformat(day))


# Subject, fact: by the day from which it holds, what holds; "" = nothing does.
BY_HAND = [
    ("platforms", "PF01", "agreement",
     {"2002-12-31": "", "2003-01-01": "du 01/01/2003 au 31/12/2005", "2005-12-31": "du 01/01/2003 au 31/12/2005",
      "2006-01-01": "du 01/01/2006, sans fin"}),
    ("platforms", "PF01", "letter", {"2005-12-31": "LA 2003-12", "2006-01-01": "LA 2006-01"}),
    ("platforms", "PF01", "correspondent",
     {"2005-03-31": "A. Leroy <leroy@uesl.example>", "2005-04-01": "B. Martin <martin@uesl.example>"}),
    ("platforms", "PF01", "contacts",
     {"2005-05-31": "C. Petit <petit@reseau.example>",
      "2005-06-01": "C. Petit <petit@reseau.example>, D. Roux <roux@reseau.example>"}),
    ("members", "CIL01", "platform_assistance", {"2005-08-15": "PF01", "2005-08-16": "PF02"}),
    ("members", "CIL01", "platform_mobilite", {"2005-08-15": ""}),
    ("members", "CIL01", "convention_assistance", {"2005-08-15": "EA19/2003/7", "2005-08-16": ""}),
    ("members", "CIL01", "department", {"2005-05-31": "35", "2005-06-01": "56"}),
    ("members", "CIL01", "commitment_assistance", {"2003-01-31": "", "2003-02-01": "acte 12"}),
    ("members", "CIL06", "exists", {"2005-09-30": "oui", "2005-10-01": "non"}),
    ("members", "CIL06", "merged_into", {"2005-09-30": "", "2005-10-01": "CIL05"}),
    ("operators", "OP01", "members",
     {"2003-12-31": "CIL01", "2004-01-01": "CIL01, CIL04", "2005-06-30": "CIL01, CIL04", "2005-07-01": "CIL01"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code", "fact", "held"), BY_HAND)
def test_what_holds_on_a_day(kind: str, code: str, fact: str, held: dict[str, str]) -> None:
    assert {day: told_on(day)[kind, code].get(fact, "") for day in held} == held


def test_what_differs_between_two_days() -> None:
    found = {(d.code, d.fact): (d.before, d.after) for d in differences(told_on("2005-05-31"), told_on("2005-08-16"))}
    assert found == {
        ("PF01", "contacts"): ("C. Petit <petit@reseau.example>",
                               "C. Petit <petit@reseau.example>, D. Roux <roux@reseau.example>"),
        ("CIL01", "department"): ("35", "56"),
        ("CIL01", "platform_assistance"): ("PF01", "PF02"),
        ("CIL01", "convention_assistance"): ("EA19/2003/7", None),
        ("OP01", "members"): ("CIL01, CIL04", "CIL01"),
    }  # fmt: skip


def remarks(**changes: Any) -> list[str]:
    document = rich_network()
    for kind in ("platforms", "members", "operators"):
        document[kind][0].update(changes.get(kind, {}))
    return [fault.message for fault in remarks_on(document, parse_registry(document))]


def test_a_sound_registry_has_no_remark() -> None:
    assert remarks() == []
    for name in ("network-2005", "network-2015", "network-2016"):
        document = golden_document(name)
        assert remarks_on(document, parse_registry(document)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"members": {"closed": "2005-06-30"}}, "dure au-delà de la fermeture"),
        ({"members": {"created": "2004-01-01"}}, "commence avant la création"),
        ({"members": {"created": "2005-02-30"}}, "n’est pas une date"),
        ({"members": {"merged_into": "CIL02"}}, "une fusion demande le dernier jour"),
        ({"members": {"merged_into": "CIL99", "closed": "2009-01-01"}}, "CIL99 est inconnu"),
        ({"members": {"merged_into": "CIL01", "closed": "2009-01-01"}}, "nul ne fusionne avec lui-même"),
        ({"members": {"contacts": {"referent": "x@y.example"}}}, "une liste est attendue"),
        ({"members": {"contacts": [{"role": "inconnu", "email": "x@y.example"}]}}, "n’est pas lue"),
        ({"platforms": {"contacts": [{"role": "data", "email": "x"}]}}, "n’est pas une adresse"),
        ({"platforms": {"commitments": [{"service": "mobilite", "from": "2005-02-01", "to": "2005-01-01"}]}},
         "précède le début"),
        ({"platforms": {"correspondents": [{"name": "A", "email": "a@b.example", "from": "2003-01-01"},
                                           {"name": "B", "email": "b@b.example", "from": "2005-01-01"}]}},
         "deux correspondants"),
        ({"operators": {"works_for": [{"member": "CIL99", "from": "2003-01-01"}]}}, "CIL99 inconnu"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(changes: dict[str, Any], said: str) -> None:
    assert any(said in sentence for sentence in remarks(**changes))


def sent(subject: dict[str, Any], kind: str) -> dict[str, list[str]]:
    """What a browser sends of a sheet on which nothing was changed."""
    sheet = SHEETS[kind]  # type: ignore[index]
    values = {field.name: _written(subject.get(field.name)) for field in sheet.fields}
    for rows in sheet.rows:
        for n, row in enumerate([*(subject.get(rows.name) or ()), {}, {}]):
            values |= {f"{rows.name}-{n}-{column.name}": _written(row.get(column.name)) for column in rows.columns}
    return values


def _written(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)] if value else [""]


@pytest.mark.parametrize("kind", ["platforms", "members", "operators"])
def test_a_sheet_sent_back_as_it_was_changes_nothing(kind: str) -> None:
    for document in (rich_network(), golden_document()):
        for subject in document[kind]:
            assert read_sheet(SHEETS[kind], sent(subject, kind), subject) == subject  # type: ignore[index]


def test_a_sheet_changes_adds_and_takes_away() -> None:
    subject = rich_network()["members"][0]
    values = sent(subject, "members")
    values |= {"name": ["Autre nom"], "memberships-0-to": ["2005-07-31"], "memberships-1-service": [""]}
    values |= {f"memberships-1-{name}": [""] for name in ("platform", "from")}
    values |= {"memberships-2-service": ["mobilite"], "memberships-2-platform": ["PF01"],
               "memberships-2-from": ["2005-01-01"]}  # fmt: skip
    changed = read_sheet(SHEETS["members"], values, subject)
    assert changed["name"] == "Autre nom"
    assert changed["memberships"][0] == {**subject["memberships"][0], "to": "2005-07-31"}
    assert changed["memberships"][0]["annexe"] == "gardée"
    assert changed["memberships"][1] == {"service": "mobilite", "platform": "PF01", "from": "2005-01-01"}
    assert len(changed["memberships"]) == 2


def at(house: House, moment: str) -> None:
    """From now on it is that moment, outside any simulation."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    house.app.state.settings = house.settings.model_copy(update={"simulation": False})
    house.app.state.clock = lambda: now


async def put(house: House, document: Any, **query: str) -> Any:
    answer = await house.http.put(ADDRESS, content=json.dumps(document), params=query, headers=house.admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def get(house: House, path: str = "", **query: str) -> Any:
    answer = await house.http.get(f"{ADDRESS}{path}", params=query, headers=house.admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def change(house: House, path: str, subject: Any, reason: str, base: int | None = None) -> Any:
    body = {"subject": subject, "reason": reason, "base": base}
    return await house.http.put(f"{ADDRESS}/{path}", json=body, headers=house.admin)


def facts_of(shown: Any, code: str) -> dict[str, str]:
    found: dict[str, str] = next(subject["facts"] for subject in shown["subjects"] if subject["code"] == code)
    return found


@pytest.mark.infra
async def test_the_document_goes_round_to_the_letter(house: House) -> None:
    document = rich_network()
    first = await put(house, document)
    assert first["remarks"] == []
    assert await get(house) == document
    again = await put(house, await get(house))
    assert (again["version"], again["changed"]) == (first["version"], 0)


@pytest.mark.infra
async def test_the_network_on_a_day_as_known_on_a_day(house: House) -> None:
    """A member's move is entered late, wrongly, then corrected: each knowledge stays."""
    at(house, "2005-01-10T10:00:00")
    await put(house, small_network())
    cil04 = small_network()["members"][3]
    for moment, platform, reason in (
        ("2005-06-30T21:59:59", "PF01", "convention reçue"),  # 23:59:59 in Paris, still 30 June
        ("2005-06-30T22:00:00", "PF03", "erreur de saisie corrigée"),  # midnight in Paris: 1 July
    ):
        at(house, moment)
        moved = deepcopy(cil04)
        moved["memberships"] = [
            {"service": "mobilite", "platform": "PF02", "from": "2003-01-01", "to": "2005-03-31"},
            {"service": "mobilite", "platform": platform, "from": "2005-04-01", "to": None},
        ]
        assert (await change(house, "members/CIL04", moved, reason)).status_code == 200
    known = {
        (on, known_on): facts_of(await get(house, on=on, known_on=known_on), "CIL04")["platform_mobilite"]
        for on in ("2005-03-31", "2005-04-01")
        for known_on in ("2005-01-10", "2005-06-29", "2005-06-30", "2005-07-01")
    }
    assert {known["2005-03-31", day] for day in ("2005-01-10", "2005-06-29", "2005-06-30", "2005-07-01")} == {"PF02"}
    assert [known["2005-04-01", day] for day in ("2005-01-10", "2005-06-29", "2005-06-30", "2005-07-01")] == [
        "PF02", "PF02", "PF01", "PF03",
    ]  # fmt: skip
    assert (await house.http.get(ADDRESS, params={"known_on": "2005-01-09"}, headers=house.admin)).status_code == 404
    assert await get(house, known_on="2005-06-29") == small_network()
    differing = await get(house, "/differences", on="2005-04-01", from_on="2005-04-01", from_known_on="2005-06-30")
    assert differing == [
        {"kind": "members", "code": "CIL04", "fact": "platform_mobilite", "before": "PF01", "after": "PF03"}
    ]
    versions = await get(house, "/versions")
    assert [(one["version"], one["reason"], one["recorded_by"], one["subjects"]) for one in versions] == [
        (3, "erreur de saisie corrigée", "admin", 1), (2, "convention reçue", "admin", 1), (1, "", "admin", 11),
    ]  # fmt: skip


@pytest.mark.infra
async def test_a_change_is_heard_as_one_event_with_the_whole_history(house: House) -> None:
    await put(house, small_network())
    assert (
        await change(house, "platforms/PF01", rich_network()["platforms"][0], "renouvellement", 1)
    ).status_code == 200
    await house.carry()
    heard = [event for event in await house.said("compliance", "PlatformRecorded") if event.version == 2]  # type: ignore[attr-defined]
    assert len(heard) == 1
    assert isinstance(heard[0], PlatformRecorded)
    assert [one.letter for one in heard[0].platform.agreements] == ["LA 2003-12", "LA 2006-01"]
    async with house.rooms["ingestion"].database.transaction() as work:
        read = await read_network(work)
    assert read.platform("PF01") == heard[0].platform


@pytest.mark.infra
async def test_a_change_is_refused_with_all_its_faults_and_leaves_nothing(house: House) -> None:
    await put(house, small_network())
    wrong = member("CIL01", "PF99", "assistance", department="99", closed="2004-12-31")
    wrong["contacts"] = [{"role": "referent", "email": "nulle-part"}]
    answer = await change(house, "members/CIL01", wrong, " ")
    assert answer.status_code == 422
    said = " ".join(fault["message"] for fault in answer.json()["errors"])
    assert all(part in said for part in ("motif", "département 99", "PF99"))
    wrong["department"], wrong["memberships"][0]["platform"] = "35", "PF01"
    said = " ".join(fault["message"] for fault in (await change(house, "members/CIL01", wrong, "")).json()["errors"])
    assert all(part in said for part in ("motif", "au-delà de la fermeture", "nulle-part"))
    renamed = await change(house, "members/CIL01", member("CIL09", "PF01"), "autre code")
    assert "Un code ne change pas" in renamed.text
    assert len(await get(house, "/versions")) == 1
    assert [type(event) for event in await house.said("compliance")].count(MemberRecorded) == 6


@pytest.mark.infra
async def test_two_who_change_at_once_do_not_overwrite_each_other(house: House) -> None:
    await put(house, small_network())
    one, other = member("CIL01", "PF01", name="Un"), member("CIL01", "PF01", name="Deux")
    assert (await change(house, "members/CIL01", one, "premier", 1)).status_code == 200
    assert (await change(house, "members/CIL01", other, "second", 1)).status_code == 409
    assert [found["name"] for found in (await get(house))["members"] if found["code"] == "CIL01"] == ["Un"]


@pytest.mark.infra
async def test_a_subject_entered_by_mistake_leaves_and_stays_readable(house: House) -> None:
    await put(house, small_network())
    assert (await change(house, "members/CIL90", member("CIL90", "PF01"), "nouvel adhérent")).status_code == 200
    address = f"{ADDRESS}/members/CIL90"
    assert (await house.http.delete(address, headers=house.admin)).status_code == 422, "no reason is given"
    assert (await house.http.delete(address, params={"reason": "doublon"}, headers=house.admin)).status_code == 200
    assert (await house.http.delete(address, params={"reason": "doublon"}, headers=house.admin)).status_code == 404
    assert await get(house) == small_network()
    used = await house.http.delete(f"{ADDRESS}/platforms/PF01", params={"reason": "non"}, headers=house.admin)
    assert "Plate-forme PF01 inconnue" in used.text


@pytest.mark.infra
async def test_what_is_recorded_cannot_be_altered_by_the_room(house: House) -> None:
    await put(house, small_network())
    for statement in ("UPDATE registry_version SET reason = 'x'", "DELETE FROM registry_history"):
        with pytest.raises(Exception, match="permission denied"):
            await house.rows("compliance", statement)


@pytest.mark.infra
async def test_a_foreign_registry_is_taken_and_what_is_not_read_is_told(house: House) -> None:
    document = small_network()
    document["members"][0]["contacts"] = {"referent": ["x@y.example"]}
    document["members"][1]["merged_into"] = ["CIL01"]
    answer = await put(house, document)
    assert [one["at"] for one in answer["remarks"]] == ["members/CIL01/contacts"]
    assert await get(house) == document
