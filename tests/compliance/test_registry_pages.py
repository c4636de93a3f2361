"""The pages of the registry: read, changed by its sheets, refused with every fault, put back as it was."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.compliance.test_registry_in_time import rich_network, sent
from tests.shared.house import House

pytestmark = pytest.mark.infra


def page_headers(house: House) -> dict[str, str]:
    return {"Accept": "text/html", **house.admin}


async def page(house: House, path: str, status: int = 200) -> str:
    answer = await house.http.get(path, headers=page_headers(house))
    assert answer.status_code == status, answer.text
    return answer.text


async def post(house: House, path: str, values: dict[str, Any]) -> httpx.Response:
    return await house.http.post(path, data=values, headers=page_headers(house))


async def document(house: House) -> Any:
    return (await house.http.get("/annuaire/network.json", headers=house.admin)).json()


async def test_the_network_is_read_on_a_day(house: House) -> None:
    await house.put_registry(rich_network())
    before = await page(house, "/annuaire?on=2005-08-15&q=cil01")
    after = await page(house, "/annuaire?on=2005-08-16&q=cil01")
    assert "EA19/2003/7" in before and "EA19/2003/7" not in after
    assert "1 au total" in after and "PF02" in after
    assert "B. Martin" in await page(house, "/annuaire?genre=platforms&on=2005-04-01")
    assert "n’existe pas ce jour" in await page(house, "/annuaire?on=2005-10-01")
    assert "CIL01, CIL04" in await page(house, "/annuaire?genre=operators&on=2005-06-30")
    subject = await page(house, "/annuaire/cil-cci/CIL01?on=2005-08-15")
    assert "acte 12" in subject and "EA19/2003/7" in subject
    await page(house, "/annuaire/cil-cci/CIL99", 404)
    await page(house, "/annuaire/autres/CIL01", 404)
    differing = await page(house, "/annuaire/differences?from_on=2005-08-15&on=2005-08-16")
    assert "Plate-forme, assistance" in differing


async def test_a_sheet_makes_one_version_and_can_be_taken_back(house: House) -> None:
    before = rich_network()
    await house.put_registry(before)
    shown = await page(house, "/annuaire/cil-cci/CIL02/modifier")
    assert 'name="base" value="1"' in shown
    values = {**sent(before["members"][1], "members"), "base": "1"}
    unsaid = await post(house, "/annuaire/cil-cci/CIL02/modifier", {**values, "name": "Nouveau nom"})
    assert unsaid.status_code == 422 and "Le motif manque" in unsaid.text and "Nouveau nom" in unsaid.text
    done = await post(house, "/annuaire/cil-cci/CIL02/modifier", {**values, "name": "Nouveau nom", "reason": "essai"})
    assert (done.status_code, done.headers["location"]) == (303, "/annuaire/cil-cci/CIL02")
    assert (await document(house))["members"][1]["name"] == "Nouveau nom"
    stale = await post(house, "/annuaire/cil-cci/CIL02/modifier", {**values, "name": "Trop tard", "reason": "essai"})
    assert stale.status_code == 409
    history = await page(house, "/annuaire/cil-cci/CIL02")
    assert "essai" in history and "Revenir" in history
    back = await post(house, "/annuaire/cil-cci/CIL02/retour", {"base": "1", "reason": "erreur"})
    assert back.status_code == 303
    assert await document(house) == before
    versions = await page(house, "/annuaire/versions")
    assert re.findall(r'report-wrap">(essai|erreur)<', versions) == ["erreur", "essai"]


async def test_a_sheet_is_refused_with_every_fault_beside_its_box(house: House) -> None:
    before = rich_network()
    await house.put_registry(before)
    values = {**sent(before["members"][1], "members"), "base": "1", "reason": "", "name": ""}
    values["memberships-0-from"] = ""
    refused = await post(house, "/annuaire/cil-cci/CIL02/modifier", values)
    assert refused.status_code == 422
    for anchor in ("#name", "#memberships-0-from", "#reason"):
        assert f'href="{anchor}"' in refused.text
    values |= {"name": "Nom", "memberships-0-from": "2003-01-01", "memberships-0-platform": "PF77", "department": "99"}
    refused = await post(house, "/annuaire/cil-cci/CIL02/modifier", {**values, "reason": "essai"})
    assert "Plate-forme PF77 inconnue" in refused.text and "département 99 inconnu" in refused.text
    assert 'value="PF77"' in refused.text, "what was typed stays"
    assert await document(house) == before


async def test_subjects_are_added_and_withdrawn(house: House) -> None:
    before = rich_network()
    await house.put_registry(before)
    await page(house, "/annuaire/operateurs")
    values = {"base": "1", "code": "OP02", "name": "Filiale 2", "members": "CIL01\nCIL02", "reason": "création"}
    assert (await post(house, "/annuaire/operateurs", values)).status_code == 303
    assert (await document(house))["operators"][1] == {
        "code": "OP02", "name": "Filiale 2", "members": ["CIL01", "CIL02"],
    }  # fmt: skip
    taken = await post(house, "/annuaire/operateurs", {**values, "base": "2"})
    assert taken.status_code == 422 and "déjà pris" in taken.text
    assert (await post(house, "/annuaire/operateurs/OP02/retrait", {"reason": "doublon"})).status_code == 303
    assert await document(house) == before
    assert "(retiré)" in await page(house, "/annuaire/operateurs/OP02")


async def test_a_whole_file_is_put_by_the_page(house: House) -> None:
    await house.put_registry()
    content = json.dumps(rich_network()).encode()
    answer = await house.http.post(
        "/annuaire",
        files={"fichier": ("network.json", content)},
        data={"reason": "reprise"},
        headers=page_headers(house),
    )
    assert answer.status_code == 303, answer.text
    assert await document(house) == rich_network()
    wrong = json.dumps({**rich_network(), "platforms": []}).encode()
    answer = await house.http.post(
        "/annuaire", files={"fichier": ("network.json", wrong)}, data={"reason": "reprise"}, headers=page_headers(house)
    )
    assert answer.status_code == 422 and "Plate-forme PF01 inconnue" in answer.text
