"""Optional columns that a file leaves out: its cells are empty, and what a row requires of them is still required."""

import json
from datetime import date

import pytest

from tests.ingestion.conftest import Judge

HEADER = "service;partenaire_nom;activite_principale;famille;formalise;objet"
YEAR = {"form": "partenariats", "period": "2005", "today": date(2006, 1, 20)}


def csv_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def test_a_formal_partnership_needs_its_date_even_without_the_column(judge_file: Judge) -> None:
    found = judge_file(csv_of("assistance;Mairie;ville;autres;N;abc", "assistance;ADIL;conseil;autres;oui;abc"), **YEAR)
    assert [(error.line, error.column, error.code) for error in found.errors] == [
        (3, "date_signature", "missing_value")
    ]


def test_no_date_is_needed_where_none_is_formal(judge_file: Judge) -> None:
    found = judge_file(csv_of("assistance;Mairie;ville;autres;N;abc"), **YEAR)
    assert found.verdict == "accepted"
    assert found.lines[0].texts.keys() == set(HEADER.split(";"))


def test_a_row_is_as_long_as_its_header(judge_file: Judge) -> None:
    found = judge_file(csv_of("assistance;Mairie;ville;autres;N;abc;2005-01-01"), **YEAR)
    assert found.codes == ("wrong_field_count",)


@pytest.mark.parametrize(
    ("written", "code"), [("0.0000001", "too_many_decimals"), ("1500.5", None), ("1e2", "not_a_number")]
)
def test_a_number_of_json_is_taken_as_it_is_written(judge_file: Judge, written: str, code: str | None) -> None:
    row = {"organisme": "CIL-001", "dossiers_individuels": 1, "entreprises_concernees": 1, "montant_facture_ht": 0}
    text = json.dumps({"rows": [row]}).replace('ht": 0', f'ht": {written}')
    assert judge_file(text, "mobilite-trimestriel").codes == ((code,) if code else ())
