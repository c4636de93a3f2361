"""One Chromium and one house for all journeys through the pages."""

import secrets
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.lived import Lived, lived_house
from tests.browser.watching import watched_page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


@pytest.fixture(scope="package")
async def chromium() -> AsyncIterator[Browser]:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("no Chromium on this machine: the pages were not tried in a browser (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="package")
async def lived(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_KAFKA__PREFIX", f"browser-{secrets.token_hex(4)}-")
        async with lived_house(tmp_path_factory.mktemp("browser")) as house:
            yield house


@pytest.fixture(scope="package")
async def admin_session(lived: Lived) -> str:
    return await lived.sign_in(way="account", name="admin", password=lived.machine.password)


@pytest.fixture(scope="package")
async def platform_session(lived: Lived) -> str:
    return await lived.sign_in(way="platform", token=await lived.client.token(lived.owing))


@pytest.fixture
async def stranger(chromium: Browser, lived: Lived) -> AsyncIterator[Page]:
    """The page of somebody who has not signed in."""
    async with watched_page(chromium, lived.url) as page:
        yield page


@pytest.fixture
async def admin(chromium: Browser, lived: Lived, admin_session: str) -> AsyncIterator[Page]:
    async with watched_page(chromium, lived.url, admin_session) as page:
        yield page


@pytest.fixture
async def platform(chromium: Browser, lived: Lived, platform_session: str) -> AsyncIterator[Page]:
    """The page of the platform that still owes a form."""
    async with watched_page(chromium, lived.url, platform_session) as page:
        yield page
