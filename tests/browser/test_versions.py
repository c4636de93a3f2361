"""What differs between versions, what a file would change before it is sent, and what a member reads."""

import re

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser.lived import FORM, PERIOD, Lived
from tests.browser.watching import downloaded, faults_of, watched_page

pytestmark = [pytest.mark.infra, pytest.mark.browser]

ACCEPTED = re.compile(r"^Dépôt n° \d+ accepté")


def changed(content: bytes) -> bytes:
    """The first line's first figure is one more, the last line is left out."""
    head, first, *rest = content.decode().splitlines()
    columns = head.split(";")
    cells = first.split(";")
    at = columns.index("diagnostics_prealables")
    cells[at] = str(int(cells[at]) + 1000)
    return "\r\n".join([head, ";".join(cells), *rest[:-1], ""]).encode()


def _csv(content: bytes) -> FilePayload:
    return {"name": f"{FORM}.csv", "mimeType": "text/csv", "buffer": content}


async def choose(page: Page, content: bytes) -> None:
    await page.goto("/depots")
    await page.set_input_files("#file", _csv(content))
    await page.select_option("#form", FORM)
    await page.select_option("#period", PERIOD)


async def send(page: Page, content: bytes) -> None:
    await choose(page, content)
    await page.fill("#certified_by", "Zoé d’Été, directrice")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(ACCEPTED)


async def test_what_a_file_would_change_is_seen_then_sent_then_compared(platform: Page, lived: Lived) -> None:
    content = lived.good_file()
    await send(platform, content + b"\r\n\r\n")
    await choose(platform, changed(content))
    await platform.get_by_role("button", name="Voir ce que ce fichier changerait").click()
    await expect(platform.get_by_role("heading", level=1)).to_have_text("Ce que ce fichier changerait")
    await expect(platform.get_by_text("+1\u202f000").first).to_be_visible()
    await expect(platform.get_by_role("table", name="Par région")).to_be_visible()
    assert await faults_of(platform) == []
    await platform.get_by_role("link", name="Revenir au dépôt").click()
    await send(platform, changed(content))
    assert await faults_of(platform) == []
    await platform.get_by_role("region", name="Versions").get_by_role("link", name="avec la version").first.click()
    await expect(platform.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^Version \d+ comparée à la version \d+$")
    )
    await expect(platform.get_by_text("modifiée", exact=True)).to_be_visible()
    await expect(platform.get_by_text("retirée", exact=True)).to_be_visible()
    assert await faults_of(platform) == []
    told, name = await downloaded(platform, "Toutes les différences (CSV)")
    assert name.startswith("differences-")
    assert "modifiée;avant;" in told.decode("utf-8-sig")


async def test_a_refused_file_looked_at_says_what_is_wrong(platform: Page) -> None:
    await choose(platform, b"organisme;diagnostics_prealables\nCIL-X;1\n")
    await platform.get_by_role("button", name="Voir ce que ce fichier changerait").click()
    await expect(platform.get_by_text("Il serait refusé en entier")).to_be_visible()
    assert await faults_of(platform) == []


async def test_a_member_reads_its_lines(chromium: Browser, lived: Lived) -> None:
    [line, *_] = (await lived.api("lines", form=FORM))["lines"]
    token = await lived.client.member_token(line["member"], "essai")
    await lived.client.come_to_rest()
    async with watched_page(chromium, lived.url) as page:
        await page.goto("/mes-lignes")
        assert await faults_of(page) == []
        await page.fill("#member_token", token)
        await page.get_by_role("button", name="Entrer comme CIL/CCI").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Mes lignes")
        await expect(page.get_by_role("banner")).to_contain_text(f"CIL/CCI {line['member']}")
        assert await page.locator(".main-nav a").all_inner_texts() == [
            "Accueil", "Mes lignes", "Formulaires", "Tableaux", "Positionnement", "Échéances", "Audits", "Référentiels",
            "Archives", "Préférences", "API",
        ]  # fmt: skip
        assert await faults_of(page) == []
        for path in ("/", "/tableaux", "/echeances", "/mes-lignes?toutes=1"):
            await page.goto(path)
            assert await faults_of(page) == [], path
        await page.locator("tbody a").first.click()
        await expect(page.locator("tbody tr").first).to_contain_text(line["member"])
        assert await faults_of(page) == []
        content, _ = await downloaded(page, "Ces lignes (CSV)")
        assert line["member"] in content.decode("utf-8-sig")
        answer = await page.goto(f"/depots/{line['submission']}")
        assert answer is not None
        assert answer.status == 404
