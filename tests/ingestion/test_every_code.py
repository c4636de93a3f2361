"""Every code of the format is raised alone, at its line and column, in each kind of file in which it can arise."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from services.ingestion.domain import CODES
from services.ingestion.domain.file_names import read_name
from shared.forms import FORMS
from tests.ingestion.faults import KINDS, Fault, all_faults, made, right_rows, usual

# In the order of the format's table.
FORMAT = [
    *("unreadable_file", "too_large", "bad_file_name", "not_allowed"),
    *("unknown_period", "period_not_open", "period_closed", "agreement_expired"),
    *("empty_file", "duplicate_column", "identifying_data", "unknown_column", "missing_column"),
    "wrong_field_count",
    *("missing_value", "not_a_number", "negative_value", "not_an_integer", "too_many_decimals", "unknown_code"),
    *("bad_date", "bad_postcode", "out_of_bounds"),
    *("unknown_member", "foreign_member", "delegated_member", "duplicate_line"),
    "wrong_department",
    *("more_companies_than_cases", "amount_without_case"),
    *("total_mismatch", "more_answers_than_services", "missing_item"),
    "out_of_scope",
]
# A key that a row lacks is an empty cell, and one more is one more column.
CANNOT_ARISE = {("wrong_field_count", "json")}
FAULTS = [fault for fault in all_faults() if fault.code]
FORM = FORMS["assistance-trimestriel"]
CUTS: dict[str, int] = {"xlsx": 200, "ods": 200, "json": 3}


def found_in(judgement: Any) -> list[tuple[str, int | None, str | None]]:
    return [(error.code, error.line, error.column) for error in judgement.errors]


def _id(fault: Fault) -> str:
    return f"{fault.form}-{fault.code}-{fault.at[0][1]}"


def expected(fault: Fault) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, *place) for place in fault.at]


def first_of_each_code() -> list[Fault]:
    """And of `identifying_data` both: in a column's name, in a cell."""
    found: dict[tuple[str, str, bool], Fault] = {}
    for fault in FAULTS:
        found.setdefault((fault.form, fault.code, fault.at[0][0] == 1), fault)
    return list(found.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_file_that_is_spoilt_is_right(judge_file: Any, form: str, kind: str) -> None:
    right = made("", FORMS[form], right_rows(FORMS[form]))
    judgement = judge_file(right.written(kind), form, **usual(form))
    assert (judgement.verdict, found_in(judgement)) == ("accepted", [])


@pytest.mark.parametrize("fault", FAULTS, ids=_id)
def test_a_fault_raises_its_code_alone(judge_file: Any, fault: Fault) -> None:
    """Whatever the form and the column."""
    judgement = judge_file(fault.written("csv"), fault.form, **{**usual(fault.form), **fault.asked})
    assert (judgement.verdict, found_in(judgement)) == ("rejected", expected(fault))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "csv"])
@pytest.mark.parametrize("fault", first_of_each_code(), ids=_id)
def test_it_is_the_same_in_every_kind_of_file(judge_file: Any, fault: Fault, kind: str) -> None:
    if (fault.code, kind) not in CANNOT_ARISE:
        judgement = judge_file(fault.written(kind), fault.form, **{**usual(fault.form), **fault.asked})
        assert (judgement.verdict, found_in(judgement)) == ("rejected", expected(fault))


def right(kind: str, **changes: Any) -> bytes:
    rows = right_rows(FORM)
    rows[0] |= changes
    return made("", FORM, rows).written(kind)


def with_columns(kind: str, many: int) -> bytes:
    names = tuple(f"c{n}" for n in range(many))
    return Fault("", FORM.code, (), names, (tuple(range(many)),)).written(kind)


def _with_formula(content: bytes, part: str, before: bytes, after: bytes) -> bytes:
    """The workbook with its first such cell computed."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            read = source.read(name)
            assert name != part or before in read
            written.writestr(name, read.replace(before, after, 1) if name == part else read)
    return target.getvalue()


UNREADABLE: dict[str, list[Callable[[], bytes]]] = {
    "csv": [
        lambda: right("csv") + b"\0",
        lambda: right("csv").replace(b"\xef\xbb\xbf", b"") + b"\x81",
        lambda: right("csv", commentaire="un") + b'"',
        lambda: right("csv").replace(b"\r\n", b"\r"),
    ],
    "xlsx": [
        lambda: right("xlsx")[:-200],
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        lambda: _with_formula(
            right("xlsx", diagnostics_prealables=7), "xl/worksheets/sheet1.xml", b"<v>7</v>", b"<f>3+4</f><v>7</v>"
        ),
    ],
    "ods": [
        lambda: right("ods")[:-200],
        lambda: _with_formula(
            right("ods"), "content.xml", b"<table:table-cell ", b'<table:table-cell table:formula="of:=1" '
        ),
    ],
    "json": [
        lambda: right("json")[:-3],
        lambda: right("json", commentaire={"note": 1}),
        lambda: b'{"rows": [{"organisme": "CIL-001", "organisme": "CIL-001"}]}',
        lambda: b'{"lignes": []}',
        lambda: b' [{"organisme": "CIL-001"}]',
    ],
}
UNREADABLE_FILES = [(kind, make) for kind, makers in UNREADABLE.items() for make in makers]


@pytest.mark.parametrize(("kind", "make"), UNREADABLE_FILES)
def test_what_cannot_be_read(judge_file: Any, kind: str, make: Callable[[], bytes]) -> None:
    judgement = judge_file(make())
    assert found_in(judgement) == [("unreadable_file", None, None)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over_a_limit(judge_file: Any, kind: str) -> None:
    for content in (right(kind, commentaire="x" * 2001), with_columns(kind, 201)):
        assert found_in(judge_file(content)) == [("too_large", None, None)]
    assert judge_file(right(kind, commentaire="x" * 2000)).verdict == "accepted"
    assert judge_file(with_columns(kind, 200)).codes == ("missing_column", "unknown_column")


NAMES = [
    ("bad_file_name", "PF01_2005-T1"),
    ("bad_file_name", "assistance-trimestriel_PF01"),
    ("bad_file_name", "assistance-trimestriel-PF01-2005-T1"),
    ("not_allowed", "assistance-trimestriel_PF02_2005-T1"),
    ("not_allowed", "bilan_PF01_2005-T1"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("code", "name"), NAMES)
def test_a_name_at_fault(code: str, name: str, kind: str) -> None:
    error = read_name(f"{name}.{kind}", "PF01", FORMS).error
    assert error and (error.code, error.line, error.column) == (code, None, None)


@pytest.mark.parametrize("form", [code for code, form in FORMS.items() if form.kind == "annual"])
def test_nothing_to_report_is_a_header_without_rows(judge_file: Any, form: str) -> None:
    header = made("", FORMS[form], [])
    for content in (*map(header.written, KINDS), json.dumps({"rows": []}).encode()):
        assert judge_file(content, form, **usual(form)).verdict == "accepted"
    assert found_in(judge_file(b"", form, **usual(form))) == [("empty_file", 1, None)]


def test_every_code_of_the_format_has_its_file_in_every_kind() -> None:
    """A new code has none yet, and fails here."""
    assert list(CODES) == FORMAT
    raised = {(fault.code, kind) for fault in FAULTS for kind in KINDS}
    raised |= {("unreadable_file", kind) for kind in UNREADABLE}
    raised |= {(code, kind) for code in ("too_large", *(code for code, _ in NAMES)) for kind in KINDS}
    wanted = {(code, kind) for code in FORMAT for kind in KINDS} - CANNOT_ARISE
    assert wanted - raised == set()
