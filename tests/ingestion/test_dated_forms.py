"""Dated forms: an invented form whose codes and columns change, by period reported and by day of sending."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.ingestion.domain import Asked, judge
from services.ingestion.domain.table_schema import published
from shared.forms import FORMS, Form
from shared.forms.validity import Valid
from shared.network import Network
from shared.periods import Period

SENT = date(2006, 2, 1)
DESCRIBED: dict[str, Any] = {
    "code": "essai",
    "title": "Formulaire d’essai",
    "service_title": "Essai",
    "kind": "quarterly",
    "services": ["assistance"],
    "due_days": 30,
    "key": ["organisme"],
    "source": "inventé",
    "codes": {
        "genre": [
            {"codes": {"1": "ancien", "2": "commun"}, "valid": {"to_period": "2005-T2"}},
            {"codes": {"2": "commun", "3": "nouveau"}, "valid": {"from_period": "2005-T3", "sent_to": "2006-06-30"}},
            {"codes": {"9": "unique"}, "valid": {"from_period": "2005-T3", "sent_from": "2006-07-01"}},
        ]
    },
    "columns": [
        {"name": "organisme", "label": "Organisme", "type": "member"},
        {"name": "genre", "label": "Genre", "type": "code", "codes": "genre"},
        {"name": "nombre", "label": "Nombre", "type": "count", "maximum": 10, "valid": {"to_period": 2005}},
        {"name": "nombre", "label": "Nombre", "type": "count", "maximum": 20, "valid": {"from_period": 2006}},
        {"name": "ajout", "label": "Ajout", "type": "text", "valid": {"sent_from": "2007-01-01"}},
    ],
}
FORM = Form.model_validate(DESCRIBED)


def found(network: Network, period: str, row: str, sent: date = SENT, header: str = "organisme;genre;nombre") -> Any:
    judgement = judge(f"{header}\n{row}".encode(), Asked(FORM, period, "PF01", network, sent))
    return [(error.code, error.column) for error in judgement.errors]


@pytest.mark.parametrize(
    ("period", "sent", "codes"),
    [
        ("2005-T2", SENT, "12"),
        ("2005-T3", SENT, "23"),
        ("2005-T3", date(2006, 6, 30), "23"),
        ("2005-T3", date(2006, 7, 1), "9"),
        ("2005-T2", date(2006, 7, 1), "12"),
    ],
)
def test_codes_hold_for_their_periods_and_days_of_sending(
    network: Network, period: str, sent: date, codes: str
) -> None:
    accepted = [code for code in "1239" if not found(network, period, f"CIL-001;{code};1", sent)]
    assert accepted == list(codes)
    refused = [
        code for code in "1239" if found(network, period, f"CIL-001;{code};1", sent) == [("unknown_code", "genre")]
    ]
    assert sorted(accepted + refused) == ["1", "2", "3", "9"]


def test_bounds_and_columns_hold_for_theirs(network: Network) -> None:
    later = date(2007, 1, 1)
    assert found(network, "2005-T4", "CIL-001;2;11") == [("out_of_bounds", "nombre")]
    assert found(network, "2006-T1", "CIL-001;3;11", date(2006, 4, 2)) == []
    assert found(network, "2006-T1", "CIL-001;9;11", later) == [("missing_column", "ajout")]
    named = "organisme;genre;nombre;ajout"
    assert found(network, "2006-T1", "CIL-001;9;11;oui", later, named) == []
    assert found(network, "2006-T1", "CIL-001;3;11;oui", date(2006, 4, 2), named) == [("unknown_column", "ajout")]


def test_a_period_that_does_not_exist_is_said_as_ever(network: Network) -> None:
    assert found(network, "2005-T9", "CIL-001;2;1") == [("unknown_period", None)]


def test_the_description_published_is_that_of_the_period() -> None:
    fields = published(FORM.at(Period.parse("2005-T1"), SENT))["fields"]
    assert [field["name"] for field in fields] == ["organisme", "genre", "nombre"]
    assert fields[1]["constraints"]["enum"] == ["1", "2"]
    assert fields[2]["valid"] == {"from_period": None, "to_period": "2005", "sent_from": None, "sent_to": None}


def test_all_that_the_codes_ever_were_have_their_labels() -> None:
    assert FORM.codes["genre"] == {"1": "ancien", "2": "commun", "3": "nouveau", "9": "unique"}
    assert not FORM.at(Period.parse("2005-T1"), SENT).codes.keys() - {"genre"}


def test_what_holds_always_is_the_form_itself() -> None:
    assert all(form.at(Period.parse("2005"), SENT) is form for form in FORMS.values())
    assert FORM.is_dated


@pytest.mark.parametrize("twice", [{}, {"from_period": "2005"}, {"to_period": "2005-T1", "sent_from": "2005-01-01"}])
def test_nothing_holds_twice_at_a_time(twice: dict[str, str]) -> None:
    again = {"name": "nombre", "label": "Encore", "type": "count", "valid": twice}
    with pytest.raises(ValidationError, match="holds twice at a time: nombre"):
        Form.model_validate({**DESCRIBED, "columns": [*DESCRIBED["columns"], again]})


def test_bounds_of_validity_are_included() -> None:
    valid = Valid.model_validate({"from_period": "2005-T2", "to_period": "2005", "sent_from": "2005-07-01"})
    covered = [valid.covers(Period.parse(f"2005-T{n}"), date(2005, 7, 1)) for n in (1, 2, 3, 4)]
    assert covered == [False, True, True, True]
    assert not valid.covers(Period.parse("2005-T2"), date(2005, 6, 30))
    assert not valid.covers(Period.parse("2005"), SENT)
