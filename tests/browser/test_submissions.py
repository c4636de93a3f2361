"""A platform sends files on the page, and reads what came of them."""

import csv
import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.lived import FORM, PERIOD, Lived
from tests.browser.watching import downloaded, faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

REFUSED = re.compile(r"^Dépôt n° \d+ refusé$")
ACCEPTED = re.compile(r"^Dépôt n° \d+ accepté$")


def _csv(content: bytes) -> FilePayload:
    return {"name": f"{FORM}.csv", "mimeType": "text/csv", "buffer": content}


async def _send(page: Page, content: bytes) -> None:
    await page.goto("/depots")
    await page.select_option("#form", FORM)
    await page.select_option("#period", PERIOD)
    await page.set_input_files("#file", _csv(content))
    await expect(page.locator("#file-choix")).to_contain_text(f"Fichier choisi : {FORM}.csv")
    await page.fill("#certified_by", "Zoé d’Été, directrice")
    await page.get_by_role("button", name="Envoyer").click()


async def test_a_good_file_is_accepted(platform: Page, lived: Lived) -> None:
    content = lived.good_file() + b"\r\n"
    await _send(platform, content)
    await expect(platform.get_by_role("heading", level=1)).to_have_text(ACCEPTED)
    assert await faults_of(platform) == []
    await _send(platform, content)
    await expect(platform.get_by_text("octet pour octet")).to_be_visible()
    await platform.goto("/depots")
    await expect(platform.locator("tbody tr").first).to_contain_text("accepté")


async def test_a_bad_file_is_refused_line_by_line(platform: Page) -> None:
    names = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
    await _send(platform, f"{names}\nCIL-X99;3;2;1\nCIL-X98;-3;deux;2,5\n".encode())
    await expect(platform.get_by_role("heading", level=1)).to_have_text(REFUSED)
    assert await faults_of(platform) == []
    rows = await platform.get_by_role("table", name="Erreurs", exact=True).locator("tbody tr").all_inner_texts()
    shown = [tuple(row.split("\t")[:2]) for row in rows]
    *columns, last = names.split(";")
    assert shown == [("2", "organisme"), *(("3", column) for column in (*columns, last))]
    content, _ = await downloaded(platform, "Tous les constats (CSV)")
    rows_told = csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";")
    assert [(row["Ligne"], row["Colonne"]) for row in rows_told] == shown


async def test_what_is_anothers_is_not_there(platform: Page, lived: Lived) -> None:
    listed = await lived.api("submissions", platform=lived.another)
    answer = await platform.goto(f"/depots/{listed['submissions'][0]['id']}")
    assert answer is not None
    assert answer.status == 404
    await expect(platform.get_by_role("heading", level=1)).to_have_text("Page introuvable")
    await expect(platform.get_by_role("banner")).to_contain_text(f"Plate-forme {lived.owing}")
    assert await faults_of(platform) == []
