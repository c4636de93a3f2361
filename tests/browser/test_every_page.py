"""What must be true of every page, whoever looks at it."""

import pytest
from playwright.async_api import Page

from tests.browser.lived import Lived
from tests.browser.watching import faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

HELP = ("/formulaires", "/formulaires/satisfaction", "/formulaires/dossiers-assistance")
REGISTRY = (
    *("/annuaire", "/annuaire?genre=platforms", "/annuaire?genre=operators", "/annuaire/versions", "/annuaire/cil-cci"),
    *("/annuaire/differences?from_on=2005-01-01&on=2006-12-31", "/annuaire/plates-formes/PF01"),
    *("/annuaire/plates-formes/PF01/modifier", "/echeances/decisions", "/echeances/taux", "/echeances/taux?by=member"),
    *("/echeances/echelle", "/rappels"),
)
GIVEN_BACK = (
    *("/tableaux/synthese", "/revisions", "/objectifs", "/positionnement"),
    *("/positionnement/platform/PF02?period=2024-T1", "/positionnement/member/CIL-007?period=2024-T1"),
    *("/archives", "/preferences", "/webhooks", "/avertissements"),
)
PATHS = ("/", "/depots", "/tableaux", "/echeances", "/boite-envoi", "/docs", "/connexion", "/nulle-part", *HELP)


async def test_pages_of_the_admin_are_sound(admin: Page) -> None:
    assert await _all_faults(admin, PATHS) == {}


async def test_pages_of_the_registry_are_sound(admin: Page) -> None:
    assert await _all_faults(admin, REGISTRY) == {}


async def test_pages_of_what_is_given_back_are_sound(admin: Page) -> None:
    assert await _all_faults(admin, GIVEN_BACK) == {}


async def test_pages_of_a_platform_are_sound(platform: Page) -> None:
    assert await _all_faults(platform, (*PATHS[:5], *GIVEN_BACK)) == {}


async def test_each_kind_of_message_has_a_sound_page(admin: Page, lived: Lived) -> None:
    listed = [await lived.api("messages", kind=kind) for kind in ("receipt", "reminder", "late_digest")]
    assert all(listed)
    assert await _all_faults(admin, [f"/boite-envoi/{messages[0]['id']}" for messages in listed]) == {}


async def _all_faults(page: Page, paths: list[str] | tuple[str, ...]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        await page.goto(path)
        if faults := await faults_of(page):
            found[path] = faults
    return found
