"""Every page, as each role: axe-core finds nothing serious, and the keyboard alone reaches everything, visibly."""

import re
from collections.abc import AsyncIterator, Iterable
from importlib.resources import files
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.browser.lived import Lived
from tests.browser.watching import watched_page
from tests.walls.rights import RIGHTS

pytestmark = [pytest.mark.infra, pytest.mark.browser]

PASSWORD = "sept girafes lisent à Brest"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 5).join(", ")}`)"""
# What a mouse can use, as far as it is shown; what is folded away comes once it is opened.
REACHABLE = """() => {
  const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const all = [...document.querySelectorAll(usable)].filter((one) => {
    const radio = one.type === "radio" && !one.checked && document.querySelector(`[name="${one.name}"]:checked`);
    return !radio && !one.disabled && one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0;
  });
  all.forEach((one, rank) => { one.dataset.rank = rank; });
  return all.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const isShown = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return {rank: one.dataset.rank ?? null, name: (one.outerHTML || "").slice(0, 90), isShown};
}"""
# Streams, files and what leads elsewhere are no pages; what names a thing is seen from the page that lists it.
NO_PAGES = re.compile(r"/api/|\{|\.json$|\.ics$|/direct$|/health$|/modele$|/invitation$|/apercu$|/ligne$|/pourquoi$")


def pages_of(roles: Iterable[str]) -> list[str]:
    """Every page that such a role may open without naming a thing."""
    rights = {"anybody", "signed_in", *roles}
    found = {route.removeprefix("GET ") for route, right in RIGHTS.items() if right in rights and route[:4] == "GET "}
    return [*sorted(path for path in found if not NO_PAGES.search(path)), "/formulaires/satisfaction", "/nulle-part"]


ALL = ("all", "uesl", "admin")
PAGES = {
    "stranger": ["/connexion", "/formulaires", "/formulaires/dossiers-assistance", "/nulle-part"],
    "admin": pages_of(ALL),
    "uesl": pages_of(("all", "uesl")),
    "platform": pages_of(("all",)),
    "member": pages_of(("all", "readers")),
    "auditor": pages_of(()),
}


async def _session_of_account(lived: Lived, role: str, code: str = "") -> str:
    """Invited, then signed in as anybody would."""
    email = f"{role}@example.org"
    asked = {"email": email, "role": role, "code": code}
    link = (await lived.client.call("POST", "/api/v1/invitations", json=asked)).json()["link"]
    chosen = {"cle": link.split("cle=")[1], "chosen": PASSWORD}
    async with httpx.AsyncClient(base_url=lived.url) as http:
        answer = await http.post("/invitation", data=chosen, headers={"Origin": lived.url})
    assert answer.status_code == 303, answer.text
    return await lived.sign_in(way="account", name=email, password=PASSWORD)


@pytest.fixture(scope="package")
async def sessions(lived: Lived, admin_session: str, platform_session: str) -> dict[str, str | None]:
    network = lived.plan.registry
    return {
        "stranger": None,
        "admin": admin_session,
        "platform": platform_session,
        "uesl": await _session_of_account(lived, "uesl"),
        "member": await _session_of_account(lived, "member", network["members"][0]["code"]),
        "auditor": await _session_of_account(lived, "auditor", "CAB01"),
    }


@pytest.fixture
async def page(
    request: Any, chromium: Browser, lived: Lived, sessions: dict[str, str | None]
) -> AsyncIterator[tuple[Page, str]]:
    async with watched_page(chromium, lived.url, sessions[request.param]) as opened:
        yield opened, request.param


@pytest.mark.parametrize("page", list(PAGES), indirect=True)
async def test_axe_finds_nothing_serious(page: tuple[Page, str]) -> None:
    opened, role = page
    found = {}
    for path in PAGES[role]:
        await opened.goto(path)
        await opened.evaluate(AXE)
        if faults := await opened.evaluate(SERIOUS):
            found[path] = faults
    assert found == {}


@pytest.mark.parametrize("page", list(PAGES), indirect=True)
async def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(page: tuple[Page, str]) -> None:
    opened, role = page
    found: dict[str, list[str]] = {}
    for path in PAGES[role]:
        await opened.goto(path)
        if faults := await _by_keyboard(opened):
            found[path] = faults
    assert found == {}


_MOST = 150


async def _by_keyboard(page: Page) -> list[str]:
    """Of very long lists the first hundred and fifty: the rest are rows of the same kind."""
    count = await page.evaluate(REACHABLE)
    reached, faults = set(), []
    for _ in range(min(count, _MOST) + 3):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if focused["rank"] is None:
            continue
        if not focused["isShown"]:
            faults.append(f"not seen: {focused['name']}")
        reached.add(int(focused["rank"]))
    missed = set(range(min(count, _MOST))) - reached
    return [*faults[:3], *([f"not reached: {sorted(missed)[:10]} of {count}"] if missed else [])]


async def test_a_form_is_filled_in_and_sent_by_the_keyboard_alone(chromium: Browser, lived: Lived) -> None:
    """Signing in, with nothing but keys."""
    async with watched_page(chromium, lived.url) as page:
        await page.goto("/connexion?next=/comptes")
        for _ in range(80):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.id") == "name":
                break
        await page.keyboard.type("admin")
        await page.keyboard.press("Tab")
        await page.keyboard.type(lived.machine.password)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/comptes")
