"""The matrix of deadlines."""

import pytest
from playwright.async_api import Page, expect

from shared.forms import FORMS
from shared.pages.words import STATES
from tests.browser.lived import FORM, Lived
from tests.browser.watching import faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

BADGES = """(title) => {
  const titled = (section) => section.querySelector("h2").textContent === title;
  const section = [...document.querySelectorAll("section")].find(titled);
  return [...section.querySelectorAll("tbody tr")]
    .map((row) => [row.cells[0].textContent.slice(0, 4), row.querySelector(".state").textContent]);
}"""


async def test_the_matrix_says_how_each_platform_stands(admin: Page, lived: Lived) -> None:
    await lived.client.come_to_rest()
    await admin.goto("/echeances")
    await expect(admin.get_by_role("heading", level=1)).to_have_text("Échéances 2024")
    assert await faults_of(admin) == []
    owed = await lived.api("obligations")
    for code, form in ((form.code, form) for form in FORMS.values() if form.kind == "quarterly"):
        states = [[one["platform"], STATES[one["state"]][0]] for one in owed if one["form"] == code]
        assert states
        assert await admin.evaluate(BADGES, form.title) == states


async def test_a_platform_sees_its_own_alone(platform: Page, lived: Lived) -> None:
    await platform.goto("/echeances")
    assert [row[0] for row in await platform.evaluate(BADGES, FORMS[FORM].title)] == [lived.owing]
    assert await faults_of(platform) == []
