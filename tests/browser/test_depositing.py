"""The page's door in a browser: recognised, sent, followed, refused beside its rows; the keyboard suffices."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from shared.web import SESSION_COOKIE
from tests.browser.lived import FORM, PERIOD, Lived
from tests.browser.watching import downloaded, faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

TITLE = re.compile(r"^Dépôt n° \d+ (accepté|refusé)")
NAMES = "organisme;departement;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
BAD = f"{NAMES}\nCIL-X99;23;3;2;1\n\nCIL-X98;;-3;deux;2,5\n"
WHO = "Zoé d’Été, directrice"
FOCUS = "document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.tagName"

# Notes how large the files are that a script sends.
WEIGH = """
const really = fetch;
window.sent = [];
window.fetch = (address, options) => {
  sent.push(options.body.get("file").size);
  return really(address, options);
};
"""


def file(name: str, content: str | bytes) -> FilePayload:
    raw = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": raw}


def short_of_a_line(lived: Lived, end: str = "") -> bytes:
    """It counts, with a warning: a member has no line."""
    return b"\n".join(lived.good_file().splitlines()[:-1]) + end.encode()


async def choose(page: Page, chosen: FilePayload | Path) -> str:
    """What is said of the file once it is chosen."""
    await page.goto("/depots")
    await page.set_input_files("#file", chosen)
    told = page.locator("#reconnu:not(:empty)")
    await told.wait_for()
    return await told.inner_text()


async def send(page: Page, chosen: FilePayload | Path) -> None:
    await choose(page, chosen)
    await page.fill("#certified_by", WHO)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE, timeout=60_000)


async def press_until(page: Page, key: str, place: str) -> None:
    for _ in range(60):
        await page.keyboard.press(key)
        if await page.evaluate(FOCUS) == place:
            return
    raise AssertionError(f"the keyboard does not come to {place}")


@pytest.fixture
async def unscripted(chromium: Browser, lived: Lived, platform_session: str) -> AsyncIterator[Page]:
    """The owing platform's page where no script runs."""
    context = await chromium.new_context(base_url=lived.url, locale="fr-FR", java_script_enabled=False)
    await context.add_cookies([{"name": SESSION_COOKIE, "value": platform_session, "url": lived.url}])
    yield await context.new_page()
    await context.close()


async def test_the_keyboard_alone_goes_the_whole_way(stranger: Page, lived: Lived) -> None:
    await stranger.goto("/depots")
    await press_until(stranger, "Tab", "token")
    await stranger.keyboard.type(await lived.client.token(lived.owing))
    await stranger.keyboard.press("Enter")
    await expect(stranger).to_have_url(f"{lived.url}/depots")
    async with stranger.expect_file_chooser() as coming:
        await press_until(stranger, "Tab", "file")
        await stranger.keyboard.press("Enter")
    await (await coming.value).set_files(file("activité 1er trimestre 2024.csv", BAD))
    await expect(stranger.get_by_role("status").filter(has_text="Formulaire reconnu")).to_contain_text("ses colonnes")
    await expect(stranger.locator("#form")).to_have_value(FORM)
    await expect(stranger.locator("#period")).to_have_value(PERIOD)
    assert await faults_of(stranger) == []
    await press_until(stranger, "Tab", "certified_by")
    await stranger.keyboard.type(WHO)
    await stranger.keyboard.press("Tab")
    await expect(stranger.get_by_role("button", name="Envoyer")).to_be_focused()
    await stranger.keyboard.press("Enter")
    await expect(stranger.get_by_role("heading", level=1)).to_be_focused()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert await faults_of(stranger) == []
    # From a cell at fault to its explanation, and from there back to its row.
    await press_until(stranger, "Tab", "#e4")
    await stranger.keyboard.press("Enter")
    await expect(stranger.locator("#e4")).to_be_focused()
    await expect(stranger.locator("#e4")).to_contain_text("Ce n’est pas un nombre.")
    await stranger.keyboard.press("Tab")
    assert await stranger.evaluate(FOCUS) == "#l4"
    await stranger.keyboard.press("Enter")
    await expect(stranger.locator("#l4")).to_be_focused()
    await stranger.go_back()
    await stranger.go_back()
    await stranger.go_back()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Dépôts")


async def test_each_faulty_cell_is_marked_beside_what_is_wrong(platform: Page) -> None:
    await send(platform, file("T1 2024.csv", BAD))
    preview = platform.get_by_role("table", name=re.compile("tel qu’il a été reçu"))
    told = await preview.locator("td.fault").evaluate_all(
        "cells => cells.map(cell => [cell.closest('tr').id, ...cell.innerText.split('\\n')])"
    )
    assert told == [
        ["l2", "CIL-X99", "Organisme inconnu"],
        ["l4", "CIL-X98", "Organisme inconnu"],
        ["l4", "-3", "Valeur négative"],
        ["l4", "deux", "Nombre illisible"],
        ["l4", "2,5", "Nombre non entier"],
    ]
    assert await preview.get_by_role("columnheader").all_inner_texts() == ["Ligne", *NAMES.split(";")]
    assert await preview.get_by_role("rowheader").all_inner_texts() == ["2", "4"]


async def test_a_choice_made_by_hand_stands(platform: Page) -> None:
    assert "Mobilité".casefold() in (await choose(platform, file("mobilité T1 2024.csv", "a;b\n"))).casefold()
    await expect(platform.locator("#form")).to_have_value("mobilite-trimestriel")
    await platform.select_option("#form", "satisfaction")
    await expect(platform.locator("#reconnu")).not_to_contain_text("Formulaire")
    await expect(platform.locator("#period")).to_have_value("")
    await platform.set_input_files("#file", file(f"{FORM}.csv", BAD))
    await expect(platform.locator("#reconnu")).to_contain_text("Aucune période")
    await expect(platform.locator("#form")).to_have_value("satisfaction")
    await platform.select_option("#form", "")
    await expect(platform.locator("#form")).to_have_value(FORM)
    await expect(platform.locator("#period")).to_have_value(PERIOD)


async def test_a_long_text_file_is_recognised_by_its_beginning(platform: Page, tmp_path: Path) -> None:
    long = tmp_path / "export T1 2024.csv"
    long.write_text(NAMES + "\nCIL-X99;23;3;2;1" * 500_000, encoding="utf-8")
    await platform.add_init_script(WEIGH)
    assert "d’après ses colonnes" in await choose(platform, long)
    assert await platform.evaluate("sent") == [64 * 1024]


async def test_what_nothing_tells_is_asked_for_and_the_file_need_not_be_chosen_again(
    chromium: Browser, lived: Lived, platform_session: str
) -> None:
    context = await chromium.new_context(base_url=lived.url, locale="fr-FR")
    await context.add_cookies([{"name": SESSION_COOKIE, "value": platform_session, "url": lived.url}])
    page = await context.new_page()
    assert "choisissez-le" in await choose(page, file("export.csv", "a;b\n1;2\n"))
    await page.fill("#certified_by", WHO)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.locator("#form")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#certified_by")).to_have_value(WHO)
    await expect(page.locator("#file-choix")).to_contain_text("export.csv")
    assert await faults_of(page) == []
    await page.select_option("#form", FORM)
    await page.select_option("#period", PERIOD)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    await context.close()


async def test_the_way_of_a_large_file_is_shown_to_its_verdict(platform: Page, tmp_path: Path) -> None:
    large = tmp_path / "gros T1 2024.csv"
    large.write_text(NAMES + "\nCIL-X99;23;3;2;1" * 400_000, encoding="utf-8")
    assert large.stat().st_size > 5 * 1024 * 1024
    devtools = await platform.context.new_cdp_session(platform)
    await choose(platform, large)
    await platform.fill("#certified_by", WHO)
    slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
    await devtools.send("Network.emulateNetworkConditions", slowly)
    await platform.get_by_role("button", name="Envoyer").click()
    bar = platform.get_by_role("progressbar", name="Envoi du fichier")
    await expect(bar).to_be_visible()
    seen: set[int] = set()
    while await platform.get_by_role("heading", name="Dépôt en cours").count() == 0:
        seen |= set(await bar.evaluate_all("bars => bars.map((bar) => bar.value)"))
        await asyncio.sleep(0.02)
    assert len(seen - {0, 100}) >= 2
    await expect(platform).to_have_url(re.compile("/depots/en-cours/"))
    await expect(platform.get_by_role("status").filter(has_text="fichier")).to_contain_text(
        re.compile(r"va commencer|[1-9][\d\s]* lignes lues")
    )
    assert await faults_of(platform) == []
    await expect(platform.get_by_role("heading", level=1)).to_have_text(TITLE, timeout=60_000)
    await expect(platform.locator("#l2 .fault")).to_contain_text("Organisme inconnu")
    await platform.goto(f"{platform.url}?page=2000")
    await expect(platform.locator("#apercu")).to_contain_text("trop grand pour être montré ici")


async def test_without_a_script_the_file_says_what_it_is_and_the_page_waits(unscripted: Page, tmp_path: Path) -> None:
    for name, rows in (("T1 2024.csv", 1), ("gros T1 2024.csv", 320_000)):
        path = tmp_path / name
        path.write_text(NAMES + "\nCIL-X97;23;3;2;1" * rows, encoding="utf-8")
        await unscripted.goto("/depots")
        await unscripted.set_input_files("#file", path)
        await unscripted.fill("#certified_by", WHO)
        await unscripted.get_by_role("button", name="Envoyer").click()
        await expect(unscripted.get_by_role("heading", level=1)).to_have_text(TITLE, timeout=60_000)
        await expect(unscripted.locator(".facts")).to_contain_text("CIL-PASS assistance")
        await expect(unscripted.locator(".facts")).to_contain_text("1er trimestre 2024")


async def test_a_line_that_fails_is_said_and_the_form_stays(platform: Page) -> None:
    await choose(platform, file("T1 2024.csv", BAD))
    await platform.fill("#certified_by", WHO)
    await platform.route("**/depots", lambda route: route.abort())
    await platform.get_by_role("button", name="Envoyer").click()
    await expect(platform.locator("#annonce")).to_contain_text("L’envoi n’a pas abouti.")
    await expect(platform.get_by_role("button", name="Envoyer")).to_be_enabled()
    await expect(platform.locator("#certified_by")).to_have_value(WHO)


async def test_the_documents_of_a_refused_file_open(platform: Page) -> None:
    rows = "".join(f"CIL-X{n};23;-3;deux;2,5\n" for n in range(120))
    await send(platform, file("T1 2024.csv", f"{NAMES}\n{rows}"))
    content, name = await downloaded(platform, "Copie annotée (XLSX)")
    book = openpyxl.load_workbook(BytesIO(content))
    assert re.fullmatch(r"erreurs-\d+\.xlsx", name) and book.sheetnames == [FORM, "Erreurs"]
    cell = book[FORM]["D2"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("deux", "FFFFC7CE")
    assert "ce n’est pas un nombre" in cell.comment.text
    assert book["Erreurs"].max_row > 4 * 120
    for link in ("Verdict (PDF)", "Reçu (PDF)"):
        content, name = await downloaded(platform, link)
        assert content.startswith(b"%PDF-") and re.fullmatch(r"(verdict|recu)-\d+\.pdf", name)
    await platform.get_by_role("link", name="Suivante").click()
    await expect(platform.locator("#e201")).to_be_visible()
    assert await faults_of(platform) == []


async def test_a_warning_is_explained_asked_about_accepted_and_remembered(
    platform: Page, admin: Page, lived: Lived
) -> None:
    await send(platform, file("T1 2024.csv", short_of_a_line(lived)))
    await expect(platform.get_by_role("heading", level=1)).to_contain_text("à confirmer")
    assert await faults_of(platform) == []
    address = platform.url
    await _say(platform, "Votre explication", "Ses chiffres ne sont pas arrivés.", "Expliquer")
    await admin.goto("/avertissements")
    await admin.get_by_role("row", name=re.compile("sans ligne")).get_by_role("link").first.click()
    await _say(admin, "Précision demandée", "Quand arriveront-ils ?", "Demander une précision")
    await platform.goto(address)
    await expect(platform.get_by_role("heading", level=1)).to_contain_text("à confirmer")
    await _say(platform, "Votre explication", "Le 15 mai.", "Expliquer")
    await admin.goto(address)
    assert await faults_of(admin) == []
    await admin.get_by_role("button", name="Accepter l’explication").click()
    await expect(admin.get_by_text("explication acceptée")).to_be_visible()
    assert await admin.locator(".thread li strong").all_inner_texts() == [
        "Expliqué", "Précision demandée", "Expliqué", "Accepté"
    ]  # fmt: skip
    await send(platform, file("T1 2024.csv", short_of_a_line(lived, "\n")))
    await expect(platform.locator(".remembered")).to_contain_text("Le 15 mai.")
    await platform.get_by_role("button", name=re.compile("^Reprendre l’explication")).click()
    await expect(platform.locator(".thread")).to_contain_text("Le 15 mai.")
    await expect(platform.get_by_role("heading", level=1)).not_to_contain_text("à confirmer")
    await platform.goto(address)
    await expect(platform.locator(".lead").first).to_contain_text("compte maintenant à sa place")
    await admin.goto("/avertissements")
    assert await faults_of(admin) == []
    row = admin.get_by_role("row", name=re.compile("sans ligne 1"))
    assert (await row.inner_text()).split("\t")[1:4] == ["1", "0", "1"]


async def _say(page: Page, label: str, text: str, button: str) -> None:
    await page.get_by_label(label).fill(text)
    await page.get_by_role("button", name=button).click()
    await expect(page.locator(".thread")).to_contain_text(text)
