"""The outbox: from the list to a mail as its recipient reads it."""

import re
from io import BytesIO

import openpyxl
import pytest
from playwright.async_api import Page, expect

from tests.browser.lived import Lived
from tests.browser.watching import downloaded, faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]


async def test_a_restitution_is_read_and_its_workbook_taken(admin: Page, lived: Lived) -> None:
    await admin.goto("/boite-envoi")
    await admin.select_option("#kind", "restitution")
    await admin.fill("#recipient", lived.another)
    await admin.get_by_role("button", name="Filtrer").click()
    assert await faults_of(admin) == []
    await admin.locator("tbody tr").last.get_by_role("link").click()
    title = await admin.get_by_role("heading", level=1).inner_text()
    assert title.startswith("Restitution du 1er\u00a0mai 2024")
    assert await faults_of(admin) == []
    mail = admin.frame_locator("iframe")
    await expect(mail.get_by_role("heading", level=1)).to_have_text(title)
    await expect(mail.get_by_role("table").first).to_be_visible()
    content, name = await downloaded(admin, "restitution-2024-05-01.xlsx")
    assert name == "restitution-2024-05-01.xlsx"
    assert len(openpyxl.load_workbook(BytesIO(content)).sheetnames) >= 8


async def test_who_owes_has_been_reminded(platform: Page, lived: Lived) -> None:
    await platform.goto("/boite-envoi?kind=reminder")
    rows = platform.locator("tbody tr")
    await expect(rows).to_have_count(4)
    for row in await rows.all():
        await expect(row).to_contain_text(lived.owing)
    await rows.first.get_by_role("link").click()
    await expect(platform.get_by_role("heading", level=1)).to_have_text(re.compile("^Relance"))
    await expect(platform.frame_locator("iframe").get_by_role("table")).to_contain_text("1er trimestre 2024")


async def test_a_message_to_somebody_else_is_not_there(platform: Page, lived: Lived) -> None:
    listed = await lived.api("messages", recipient=lived.another)
    answer = await platform.goto(f"/boite-envoi/{listed[0]['id']}")
    assert answer is not None
    assert answer.status == 404
