"""Documents as PDF: the figures of the model, heads on every page, accessible, equal bytes for equal documents."""

import io
import re
from collections.abc import Sequence
from decimal import Decimal

import pytest
from pypdf import PdfReader

from shared.report import Column, Document, Row, Table
from shared.report.document_pdf import render_document_pdf

COLUMNS = (
    Column(key="name", label="CIL/CCI"),
    Column(key="cases", label="Trimestre", kind="count", group="Dossiers"),
    Column(key="cases_ytd", label="Cumul", kind="count", group="Dossiers"),
    Column(key="amount", label="Montant", kind="amount"),
)
HOSTILE = ("#panic(1)", "$x$ *b* <y> @z", "日本語 😀 \ud800", '"]]}, "', "\x00\t\n", "x" * 500, "#include")


def document(rows: Sequence[Row], note: str = "Note.") -> Document:
    table = Table(key="t", title="Activité", columns=COLUMNS, rows=rows, notes=[note])
    return Document(title="Suivi", subtitle="4e trimestre", reference="N-1", notes=[note], tables=[table])


def lines(content: bytes) -> list[list[str]]:
    """The lines of each page."""
    return [page.extract_text().split("\n") for page in PdfReader(io.BytesIO(content)).pages]


def test_every_figure_is_printed_as_a_french_reader_writes_it() -> None:
    rows = [
        Row(cells=["Région Nord", None, None, None], style="section"),
        Row(cells=["CIL Lille", 1234, 12345678, Decimal("1234567.5")]),
        Row(cells=["CIL Lens", 0, None, Decimal("0.10")]),
        Row(cells=["Total", 1234, 12345678, Decimal("1234567.60")], style="total"),
    ]
    (page,) = lines(render_document_pdf(document(rows)))
    thin = "\u202f"
    assert "Région Nord" in page
    assert f"CIL Lille 1{thin}234 12{thin}345{thin}678 1{thin}234{thin}567,50" in page
    assert "CIL Lens 0 – 0,10" in page
    assert f"Total 1{thin}234 12{thin}345{thin}678 1{thin}234{thin}567,60" in page


def test_heads_and_page_numbers_stand_on_every_page_in_landscape() -> None:
    rows = [Row(cells=[f"CIL {n}", n, n, Decimal(n)]) for n in range(130)]
    content = render_document_pdf(document(rows))
    pages = lines(content)
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert any("Trimestre Cumul" in line for line in page)
        assert any(line.endswith(f"page {number} / {len(pages)}") for line in page)
    printed = [line for page in pages for line in page]
    assert all(f"CIL {n} {n} {n} {n},00" in printed for n in range(130))
    width, height = map(float, re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content)[0])
    assert width > height


@pytest.mark.parametrize("value", HOSTILE)
def test_the_pdf_is_accessible_and_the_same_bytes_each_time(value: str) -> None:
    rows = [Row(cells=[value, 1, 2, Decimal(3)])]
    first, second = (render_document_pdf(document(rows, note=value or "x")) for _ in range(2))
    assert first == second
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first
    assert b"/Lang(fr-FR)" in first
    assert b"CreationDate" not in first


def test_a_table_without_rows_says_so_by_its_notes() -> None:
    (page,) = lines(render_document_pdf(document([], note="Aucune ligne.")))
    assert page.count("Aucune ligne.") == 2
