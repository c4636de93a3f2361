"""Filling in a template as a platform would: right values for every form, and wrong ones with what they must raise."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from openpyxl import load_workbook

from services.ingestion.domain.templates import Template
from shared.forms import Column, Form

Cells = dict[str, Any]

GRADES = ("tres_satisfait", "satisfait", "peu_satisfait", "pas_satisfait")
POSTCODES = ("01000", "20000", "75018", "97400")
# By type of column: what is wrong there, written so, and the code that it raises.
WRONG: dict[str, list[tuple[Any, str]]] = {
    "count": [("x", "not_a_number"), (-1, "negative_value"), (1.5, "not_an_integer"), (10_000_000, "out_of_bounds")],
    "amount": [
        ("dix", "not_a_number"),
        (-0.01, "negative_value"),
        (1.005, "too_many_decimals"),
        (1e9, "out_of_bounds"),
    ],
    "flag": [("X", "unknown_code"), (1, "unknown_code")],
    "code": [("ZZ", "unknown_code")],
    "postcode": [("99999", "bad_postcode"), (123, "bad_postcode")],
    "date": [("31/02/2005", "bad_date"), ("hier", "bad_date")],
    "member": [("CIL-999", "unknown_member")],
    "department": [("99", "wrong_department")],
}


def cells_of(form: Form, number: int, known: Cells, members: list[str]) -> st.SearchStrategy[Cells]:
    """A right row: the cells known beforehand, and values for the others, which agree with one another."""
    drawn = {column.name: _value(form, column, number, members) for column in form.columns if column.name not in known}
    return st.fixed_dictionaries(drawn).map(lambda cells: _agreed({**known, **cells}))


def _value(form: Form, column: Column, number: int, members: list[str]) -> st.SearchStrategy[Any]:
    codes = [code for code in form.codes_of(column) if code != column.never]
    drawn: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "count": lambda: st.integers(int(column.minimum), min(int(column.maximum), 500)),
        "amount": lambda: st.integers(0, 10**8).map(lambda cents: Decimal(cents) / 100),
        "flag": lambda: st.sampled_from(["O", "N"] if column.never is None else ["N", None]),
        "code": lambda: st.sampled_from(codes),
        "postcode": lambda: st.sampled_from(POSTCODES),
        "date": lambda: st.dates(date(1990, 1, 1), date(2005, 12, 31)),
        "member": lambda: st.sampled_from(members),
        "department": st.none,
        "text": lambda: st.just(f"Texte n° {number}, « é » ; =1+1"),
    }
    return drawn[column.type]()


def _agreed(cells: Cells) -> Cells:
    if "entreprises_concernees" in cells:
        cells["entreprises_concernees"] = min(cells["entreprises_concernees"], cells["dossiers_individuels"])
        cells["montant_facture_ht"] *= cells["dossiers_individuels"] > 0
    if "total" in cells:
        cells["total"] = sum(cells[grade] for grade in GRADES)
        cells["prestations_realisees"] += cells["total"]
    if "revenus_foyer" in cells:
        cells["revenus_foyer"] = min(cells["revenus_foyer"], cells["personnes_foyer"])
    if cells.get("formalise") == "N":
        cells["date_signature"] = None
    return cells


def rows_of(template: Template, many: int = 3) -> st.SearchStrategy[list[Cells]]:
    """Every row that is expected; where none is known, as many as asked."""
    known = template.rows or tuple({} for _ in range(many))
    members = [member.code for member in template.members]
    rows = (cells_of(template.form, number, dict(row), members) for number, row in enumerate(known, start=1))
    return st.tuples(*rows).map(list)


def filled(workbook: bytes, form: Form, rows: list[Cells]) -> bytes:
    """The workbook with the rows typed in from line 2 on, saved again."""
    book = load_workbook(io.BytesIO(workbook))
    sheet = book[form.code]
    for line, cells in enumerate(rows, start=2):
        for place, column in enumerate(form.columns, start=1):
            sheet.cell(line, place).value = cells.get(column.name)
    content = io.BytesIO()
    book.save(content)
    book.close()
    return content.getvalue()
