"""The tables on their page say what programs and spreadsheets are told."""

import csv
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from playwright.async_api import Page, expect

from tests.browser.lived import PERIOD, Lived
from tests.browser.watching import downloaded, faults_of

pytestmark = [pytest.mark.infra, pytest.mark.browser]

ROWS = """() => [...document.querySelector("table.report").querySelectorAll("tbody tr, tfoot tr")]
  .filter((row) => row.cells.length > 1).map((row) => [...row.cells].map((cell) => cell.textContent))"""
CHOICES = (
    ("assistance-trimestriel", "member"),
    ("assistance-trimestriel", "national"),
    ("mobilite-trimestriel", "platform"),
    ("mobilite-trimestriel", "region"),
)
Figures = list[list[str]]


@pytest.mark.parametrize(("form", "by"), CHOICES)
async def test_the_page_the_api_and_the_files_agree(admin: Page, lived: Lived, form: str, by: str) -> None:
    await lived.client.come_to_rest()
    await admin.goto("/tableaux")
    await admin.select_option("#form", form)
    await admin.select_option("#period", PERIOD)
    await admin.select_option("#by", by)
    await admin.get_by_role("button", name="Afficher").click()
    await expect(admin).to_have_url(re.compile(f"by={by}"))
    assert await faults_of(admin) == []
    document = (await lived.api(f"tables/{form}", period=PERIOD, by=by))["document"]
    await _assert_same_everywhere(admin, document)


async def test_an_edition_stays_as_it_was_issued(admin: Page, lived: Lived) -> None:
    await admin.goto(f"/tableaux?form=assistance-trimestriel&period={PERIOD}&by=platform")
    await admin.get_by_role("link", name="édition 1 par Plate-forme").click()
    await expect(admin.locator(".lead")).to_have_text(re.compile("édition 1 du 1er\u00a0mai 2024"))
    await expect(admin.get_by_role("status").last).to_contain_text("incomplet")
    assert await faults_of(admin) == []
    listed = await lived.api("editions", period=PERIOD, form="assistance-trimestriel")
    number = next(one["number"] for one in listed if (one["by"], one["edition"]) == ("platform", 1))
    await _assert_same_everywhere(admin, (await lived.api(f"editions/{number}"))["document"])


async def _assert_same_everywhere(page: Page, document: Any) -> None:
    table = document["tables"][0]
    kinds = [column["kind"] for column in table["columns"]]
    told = [
        [_plain(cell) for cell, kind in zip(row["cells"], kinds, strict=True) if kind != "text"]
        for row in table["rows"]
        if row["style"] != "section"
    ]
    assert told
    shown: Figures = await page.evaluate(ROWS)
    assert _figures(shown, kinds) == told
    content, name = await downloaded(page, "CSV")
    assert name.endswith(".csv")
    assert _of_csv(content, [column["key"] for column in table["columns"] if column["kind"] != "text"]) == told
    content, name = await downloaded(page, "XLSX")
    assert name.endswith(".xlsx")
    assert _of_workbook(content, len(told[0])) == told


def _plain(cell: Any) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _figures(rows: Figures, kinds: Sequence[str]) -> Figures:
    return [
        [re.sub(r"\s", "", cell).replace(",", ".") for cell, kind in zip(row, kinds, strict=True) if kind != "text"]
        for row in rows
    ]


def _of_csv(content: bytes, columns: Sequence[str]) -> Figures:
    return [[row[column] for column in columns] for row in csv.DictReader(content.decode().splitlines())]


def _of_workbook(content: bytes, width: int) -> Figures:
    """The rows that end in numbers; only a cell's format tells 12 from 12.00."""
    rows = [row[-width:] for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows()]
    return [
        [f"{cell.value:.2f}" if "0.00" in cell.number_format else str(cell.value) for cell in row]
        for row in rows
        if all(isinstance(cell.value, int | float) for cell in row)
    ]
