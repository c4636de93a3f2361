"""Getting in and out, and being told why one does not get in."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.lived import Lived
from tests.browser.watching import faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

WRONG = {
    "platform": ("token", "Entrer comme Plate-forme", "Ce jeton est inconnu ou révoqué."),
    "account": ("password", "Entrer avec ce compte", "Nom ou mot de passe incorrect."),
}


async def test_who_has_not_signed_in_is_led_to_the_sign_in(stranger: Page) -> None:
    for path in ("/", "/depots", "/tableaux", "/echeances", "/boite-envoi"):
        await stranger.goto(path)
        await expect(stranger.get_by_role("heading", level=1)).to_have_text("Connexion")
    assert await faults_of(stranger) == []


@pytest.mark.parametrize("way", WRONG)
async def test_a_wrong_credential_is_said_at_its_field(stranger: Page, way: str) -> None:
    field, button, message = WRONG[way]
    await stranger.goto("/connexion")
    if way == "account":
        await stranger.fill("#name", "admin")
    await stranger.fill(f"#{field}", "wrong")
    await stranger.get_by_role("button", name=button).click()
    await expect(stranger.get_by_role("alert")).to_be_focused()
    invalid = stranger.locator(f"#{field}")
    await expect(invalid).to_have_attribute("aria-invalid", "true")
    await expect(invalid).to_have_accessible_description(re.compile(re.escape(message)))
    await stranger.get_by_role("alert").get_by_role("link", name=message).click()
    await expect(invalid).to_be_focused()
    assert await faults_of(stranger) == []


async def test_the_admin_comes_to_the_page_asked_for_and_leaves(stranger: Page, lived: Lived) -> None:
    await stranger.goto("/echeances")
    await stranger.fill("#name", "admin")
    await stranger.fill("#password", lived.machine.password)
    await stranger.get_by_role("button", name="Entrer avec ce compte").click()
    await expect(stranger).to_have_url(f"{lived.url}/echeances")
    await stranger.get_by_role("button", name="Se déconnecter").click()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Connexion")
    await stranger.goto("/echeances")
    await expect(stranger).to_have_url(re.compile("/connexion"))


async def test_a_platform_is_called_by_its_code(stranger: Page, lived: Lived) -> None:
    await stranger.goto("/connexion")
    await stranger.get_by_label("Jeton de la Plate-forme").fill(await lived.client.token(lived.owing))
    await stranger.get_by_role("button", name="Entrer comme Plate-forme").click()
    await expect(stranger.get_by_role("banner")).to_contain_text(f"Plate-forme {lived.owing}")
