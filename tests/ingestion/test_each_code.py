"""Each code alone: one fault in an otherwise right file, at its line and column."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.ingestion.domain import CODES, Line
from shared.network import Network

ASSISTANCE = "organisme;departement;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
MOBILITY = "organisme;departement;dossiers_individuels;entreprises_concernees;montant_facture_ht"
Found = tuple[str, int | None, str | None]


def found_in(judgement: Any) -> list[Found]:
    return [(error.code, error.line, error.column) for error in judgement.errors]


def assistance(*rows: str) -> str:
    return "\n".join([ASSISTANCE, *rows])


def mobility(*rows: str) -> str:
    return "\n".join([MOBILITY, *rows])


def test_a_right_file_is_taken_under_the_registrys_names(judge_file: Any) -> None:
    judgement = judge_file(
        "organisme;departement;dossiers_individuels;entreprises_concernees;montant_facture_ht;commentaire\n"
        " cil-001 ;1;1 234;12,0;1 234 567,5; été \nCIL-013;;0;0;0;",
        "mobilite-trimestriel",
    )
    values: dict[str, int | Decimal] = {
        "dossiers_individuels": 1234,
        "entreprises_concernees": 12,
        "montant_facture_ht": Decimal("1234567.50"),
    }
    zeros: dict[str, int | Decimal] = dict.fromkeys(values, 0)
    assert judgement.verdict == "accepted"
    assert judgement.lines == (Line(2, "CIL-001", "01", values, "été"), Line(3, "CIL-013", "13", zeros, None))
    assert str(judgement.lines[0].values["montant_facture_ht"]) == "1234567.50"
    assert (judgement.rows_accepted, judgement.rows_refused, judgement.rows_blank) == (2, 0, 0)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (";01;1;1;1", "organisme", "missing_value"),
        ("CIL-001;01;   ;1;1", "diagnostics_prealables", "missing_value"),
        ("CIL-001;01;1;x;1", "engagements_reciproques", "not_a_number"),
        ("CIL-001;01;1;1;-1", "diagnostics_complementaires", "negative_value"),
        ("CIL-001;01;1;1;-1,5", "diagnostics_complementaires", "negative_value"),
        ("CIL-001;01;1;1;-0", "diagnostics_complementaires", "negative_value"),
        ("CIL-001;01;1;1,5;1", "engagements_reciproques", "not_an_integer"),
        ("CIL-001;01;10000000;1;1", "diagnostics_prealables", "out_of_bounds"),
        ("CIL-001;01;10000000,5;1;1", "diagnostics_prealables", "not_an_integer"),
        ("CIL-999;01;1;1;1", "organisme", "unknown_member"),
        ("CIL-999;99;1;1;1", "organisme", "unknown_member"),
        ("OP-01;75;1;1;1", "organisme", "unknown_member"),
        ("CIL-002;02;1;1;1", "organisme", "foreign_member"),
        ("CCI-026;27;1;1;1", "organisme", "foreign_member"),
        ("CIL-001;02;1;1;1", "departement", "wrong_department"),
        ("CIL-001;99;1;1;1", "departement", "wrong_department"),
        ("CIL-001;001;1;1;1", "departement", "wrong_department"),
        ("CIL-001;Ain;1;1;1", "departement", "wrong_department"),
        ("CIL-001;01;1;1", None, "wrong_field_count"),
        ("CIL-001;01;1;1;1;", None, "wrong_field_count"),
        ("CIL-999;99;x;-1;1,5;1", None, "wrong_field_count"),
    ],
)
def test_a_fault_in_an_assistance_row(judge_file: Any, row: str, column: str | None, code: str) -> None:
    judgement = judge_file(assistance("CIL-013;13;1;1;1", row))
    assert found_in(judgement) == [(code, 3, column)]
    assert judgement.lines == ()
    assert (judgement.rows_accepted, judgement.rows_refused) == (0, 2)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("CIL-001;01;2;3;10", "entreprises_concernees", "more_companies_than_cases"),
        ("CIL-001;01;0;0;0,01", "montant_facture_ht", "amount_without_case"),
        ("CIL-001;01;2;1;10,005", "montant_facture_ht", "too_many_decimals"),
        ("CIL-001;01;2;1;10,500", "montant_facture_ht", "too_many_decimals"),
        ("CIL-001;01;2;1;1000000000", "montant_facture_ht", "out_of_bounds"),
        ("CIL-001;01;2;1;-10,005", "montant_facture_ht", "negative_value"),
        ("CIL-001;01;x;3;10", "dossiers_individuels", "not_a_number"),
        ("CIL-001;01;0;;0", "entreprises_concernees", "missing_value"),
        ("CIL-121;2A;1;1;1", "organisme", "foreign_member"),
    ],
)
def test_a_fault_in_a_mobility_row(judge_file: Any, row: str, column: str, code: str) -> None:
    assert found_in(judge_file(mobility(row), "mobilite-trimestriel")) == [(code, 2, column)]


@pytest.mark.parametrize("row", ["CIL-001;01;3;3;999999999,99", "CIL-001;01;9999999;0;0", "CIL-001;;1;1;0.1"])
def test_bounds_are_included(judge_file: Any, row: str) -> None:
    assert judge_file(mobility(row), "mobilite-trimestriel").verdict == "accepted"


def test_a_comparison_looks_only_at_right_cells(judge_file: Any) -> None:
    judgement = judge_file(mobility("CIL-001;01;0;x;50"), "mobilite-trimestriel")
    assert found_in(judgement) == [
        ("not_a_number", 2, "entreprises_concernees"),
        ("amount_without_case", 2, "montant_facture_ht"),
    ]
    judgement = judge_file(mobility("CIL-001;01;-1;3;50"), "mobilite-trimestriel")
    assert found_in(judgement) == [("negative_value", 2, "dossiers_individuels")]


def test_errors_of_a_row_come_from_left_to_right_whatever_their_kind(judge_file: Any) -> None:
    header = "montant_facture_ht;entreprises_concernees;departement;dossiers_individuels;organisme"
    judgement = judge_file(f"{header}\n5;1;99;0;CIL-002", "mobilite-trimestriel")
    assert found_in(judgement) == [
        ("amount_without_case", 2, "montant_facture_ht"),
        ("more_companies_than_cases", 2, "entreprises_concernees"),
        ("wrong_department", 2, "departement"),
        ("foreign_member", 2, "organisme"),
    ]


def test_a_service_entrusted_to_another(judge_file: Any) -> None:
    judgement = judge_file(assistance("CIL-002;02;1;1;1", "cci-026;27;1;1;1"), platform="PF02")
    assert found_in(judgement) == [("delegated_member", 3, "organisme")]
    assert "CIL-031" in judgement.errors[0].message


def test_a_service_taken_back_before_the_last_day(judge_file: Any) -> None:
    """The delegation ends on 9 May 2006: the whole second quarter is the member's own."""
    later = {"platform": "PF02", "period": "2006-T2", "today": date(2006, 7, 1)}
    assert judge_file(assistance("CCI-026;27;1;1;1"), **later).verdict == "accepted"
    earlier = {**later, "period": "2006-T1"}
    assert judge_file(assistance("CCI-026;27;1;1;1"), **earlier).codes == ("delegated_member",)


def test_a_member_that_moved_in_mid_quarter_is_reported_by_its_platform_on_the_last_day(judge_file: Any) -> None:
    third_quarter = {"period": "2006-T3", "today": date(2006, 10, 1)}
    row = assistance("CIL-072;71;1;1;1")
    assert judge_file(row, **third_quarter).verdict == "accepted"
    assert judge_file(row, **third_quarter, platform="PF12").codes == ("foreign_member",)
    assert judge_file(row, period="2006-T2", today=date(2006, 10, 1), platform="PF12").verdict == "accepted"


def altered(network: Network, code: str, **changes: object) -> Network:
    members = [member.model_copy(update=changes) if member.code == code else member for member in network.members]
    return network.model_copy(update={"members": tuple(members)})


def test_a_member_of_no_platform_is_foreign(judge_file: Any, network: Network) -> None:
    alone = Network.model_validate(altered(network, "CIL-001", memberships=()).model_dump(by_alias=True))
    assert judge_file(assistance("CIL-001;01;1;1;1"), network=alone).codes == ("foreign_member",)


def test_a_member_that_moved_house_has_the_department_of_the_last_day(judge_file: Any, network: Network) -> None:
    dated = [{"from": "2000-01-01", "to": "2005-05-15", "department": "69"}]
    raw = network.model_dump(by_alias=True)
    raw["members"] = [{**member, "departments": dated} for member in raw["members"]]
    moved = Network.model_validate(raw)
    judgement = judge_file(assistance("CIL-001;01;1;1;1"), network=moved)
    assert judgement.lines[0].department == "01"
    before = judge_file(assistance("CIL-001;69;1;1;1"), network=moved, period="2005-T1")
    assert before.lines[0].department == "69"


def test_a_member_twice(judge_file: Any) -> None:
    rows = ("CIL-001;01;x;1;1", "CIL-013;13;1;1;1", " cil-001;01;1;1;1", "CIL-001;1;1;1;1")
    assert found_in(judge_file(assistance(*rows))) == [
        ("not_a_number", 2, "diagnostics_prealables"),
        ("duplicate_line", 4, "organisme"),
        ("duplicate_line", 5, "organisme"),
    ]


def test_a_row_of_the_wrong_length_holds_no_key(judge_file: Any) -> None:
    judgement = judge_file(assistance("CIL-001;01;1;1", "CIL-001;01;1;1;1"))
    assert found_in(judgement) == [("wrong_field_count", 2, None)]


def test_a_member_that_may_not_be_there_is_that_first_even_when_it_comes_twice(judge_file: Any) -> None:
    rows = ("CIL-999;;1;1;1", "CIL-999;;1;1;1", "CIL-002;;1;1;1", "CIL-002;99;1;1;1")
    assert found_in(judge_file(assistance(*rows))) == [
        ("unknown_member", 2, "organisme"),
        ("unknown_member", 3, "organisme"),
        ("foreign_member", 4, "organisme"),
        ("foreign_member", 5, "organisme"),
        ("wrong_department", 5, "departement"),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{ASSISTANCE}; ORGANISME ", [("duplicate_column", 1, "organisme")]),
        (f"{ASSISTANCE};Bonus", [("unknown_column", 1, "bonus")]),
        (f"{ASSISTANCE};", [("unknown_column", 1, "")]),
        (ASSISTANCE.replace("organisme;", ""), [("missing_column", 1, "organisme")]),
        (ASSISTANCE.replace("departement;", ""), None),
        (f"{ASSISTANCE};commentaire", None),
        (
            ASSISTANCE.replace("organisme", "bonus") + ";Bonus;departement",
            [
                ("duplicate_column", 1, "bonus"),
                ("duplicate_column", 1, "departement"),
                ("unknown_column", 1, "bonus"),
                ("missing_column", 1, "organisme"),
            ],
        ),
    ],
)
def test_the_header(judge_file: Any, header: str, expected: list[Found] | None) -> None:
    names = [name.strip().lower() for name in header.split(";")]
    row = ";".join({"organisme": "CIL-001", "departement": "01"}.get(name, "1") for name in names)
    judgement = judge_file(f"{header}\n{row}")
    assert found_in(judgement) == (expected or [])


def test_a_stage_stops_the_next(judge_file: Any) -> None:
    header = "organisme;bonus"
    assert judge_file(f"{header}\nCIL-999;x").codes == ("missing_column", "unknown_column")
    assert found_in(judge_file(header)) == [("empty_file", 1, None)]
    assert found_in(judge_file(header, period="2005-T5")) == [("unknown_period", None, None)]
    assert found_in(judge_file(f"{header}\0", period="2005-T5")) == [("unreadable_file", None, None)]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", f"{ASSISTANCE}\n", f"{ASSISTANCE}\n;;;;\n   \n", ";;\n\t\n"])
def test_a_quarterly_file_without_a_row(judge_file: Any, content: str) -> None:
    assert found_in(judge_file(content)) == [("empty_file", 1, None)]


def test_a_message_says_where_and_what_is_expected_and_never_repeats_the_value(judge_file: Any) -> None:
    [error] = judge_file(assistance("CIL-001;01;douze;1;1")).errors
    assert error.message == (
        "Ligne 2, colonne «\u00a0diagnostics_prealables\u00a0»\u00a0: ce n’est pas un nombre."
        " Attendu\u00a0: des chiffres, par exemple 1234, 1 234 ou 1234,56."
    )
    assert error.value == "douze"


def test_a_long_value_is_shown_shortened(judge_file: Any) -> None:
    [error] = judge_file(assistance(f"CIL-001;01;{'x' * 2000};1;1")).errors
    assert error.value == "x" * 199 + "…"


def test_every_code_has_a_title_a_sentence_and_a_source() -> None:
    for code in CODES.values():
        assert code.title
        assert code.sentence.endswith(".")
        assert code.source
        assert "'" not in code.title + code.sentence + code.source
    assert len(CODES) == 34
