"""Published forms: descriptions that others' tools take, examples that are right, words for every code and rule."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from frictionless import Dialect, Resource, Schema
from frictionless.formats import CsvControl

from services.ingestion.domain import CODES, Asked, judge
from services.ingestion.domain.comparisons import comparisons_of
from services.ingestion.domain.form_told import columns_told, refusals_told, rules_told
from services.ingestion.domain.table_schema import published
from shared.forms import FORMS, Form
from shared.network import Network
from tests.ingestion.conftest import Golden

EACH = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
_SPAN = {"from": "2000-01-01", "to": None}


def _member(code: str, department: str) -> dict[str, Any]:
    memberships = [{"service": service, "platform": "PF01", **_SPAN} for service in ("assistance", "mobilite")]
    return {"code": code, "kind": code[:3], "name": code, "department": department, "memberships": memberships}


@pytest.fixture(scope="module")
def examples_network() -> Network:
    """In which the members that the examples name are PF01's."""
    return Network.model_validate(
        {
            "central": {"name": "UESL"},
            "first_period": "2005-T1",
            "platforms": [{"code": "PF01", "name": "Une", "agreements": [_SPAN]}],
            "members": [_member("CIL-001", "01"), _member("CCI-013", "13")],
        }
    )


def as_csv(form: Form, rows: Iterable[Any]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    names = [column.name for column in form.columns]
    writer.writerows([names, *([row.get(name, "") for name in names] for row in rows)])
    return text.getvalue().encode()


def faults_by_schema(folder: Path, form: Form, content: bytes) -> list[tuple[str, int | None, str | None]]:
    (folder / "file.csv").write_bytes(content)
    schema = Schema.from_descriptor(json.loads(json.dumps(published(form))))
    dialect = Dialect(controls=[CsvControl(delimiter=";")])
    report = Resource(path="file.csv", basepath=str(folder), schema=schema, dialect=dialect).validate()
    found: list[Any] = report.flatten(["type", "rowNumber", "fieldName"])
    return [tuple(one) for one in found]


@EACH
def test_a_description_is_a_table_schema(form: Form) -> None:
    described = json.loads(json.dumps(published(form)))
    assert list(Schema.metadata_validate(described)) == []
    assert [field["name"] for field in described["fields"]] == [column.name for column in form.columns]
    assert all(field["title"] and field["description"] for field in described["fields"])


@EACH
def test_the_examples_are_right(form: Form, examples_network: Network, tmp_path: Path) -> None:
    content = as_csv(form, form.examples)
    period = "2005" if form.kind == "annual" else "2005-T2"
    judgement = judge(content, Asked(form, period, "PF01", examples_network, date(2006, 2, 1)))
    assert judgement.errors == () and judgement.rows_accepted == len(form.examples) > 0
    assert faults_by_schema(tmp_path, form, content) == []


@pytest.mark.parametrize(
    ("code", "column", "value", "fault"),
    [
        ("assistance-trimestriel", "engagements_reciproques", "10000000", "constraint-error"),
        ("assistance-trimestriel", "engagements_reciproques", "x", "type-error"),
        ("assistance-trimestriel", "organisme", "", "constraint-error"),
        ("assistance-trimestriel", "organisme", "CCI-013", "primary-key"),
        ("mobilite-trimestriel", "montant_facture_ht", "1000000000,00", "constraint-error"),
        ("satisfaction", "item", "mise_en_page", "constraint-error"),
        ("dossiers-assistance", "csp", "9", "constraint-error"),
        ("dossiers-assistance", "code_postal", "99000", "constraint-error"),
        ("dossiers-assistance", "code_postal", "201300", "constraint-error"),
        ("dossiers-assistance", "plan_apurement", "O", "constraint-error"),
        ("dossiers-assistance", "nature_autre", "peut-être", "type-error"),
        ("partenariats", "date_signature", "2005-02-31", "type-error"),
        ("partenariats", "service", "mobilite", "constraint-error"),
    ],
)
def test_others_tools_find_what_we_refuse(
    examples_network: Network, tmp_path: Path, code: str, column: str, value: str, fault: str
) -> None:
    form = FORMS[code]
    content = as_csv(form, [{**form.examples[0], column: value}, *form.examples[1:]])
    assert fault in {kind for kind, *_ in faults_by_schema(tmp_path, form, content)}
    period = "2005" if form.kind == "annual" else "2005-T2"
    assert judge(content, Asked(form, period, "PF01", examples_network, date(2006, 2, 1))).verdict == "rejected"


def test_every_code_that_refuses_a_form_is_told_with_it(golden: Golden) -> None:
    plan = {row["file"]: row["form"] for row in golden.plan()}
    for row in golden.rows("expected/errors.csv"):
        if form := FORMS.get(plan.get(row["file"], "")):
            assert row["code"] in {code.code for code in refusals_told(form)}, row


@EACH
def test_every_rule_is_told_with_a_code_that_exists(form: Form) -> None:
    rules = rules_told(form)
    assert {rule.code for rule in rules} <= CODES.keys() and {rule.column for rule in rules} <= form.by_name.keys()
    assert {(one.column, one.code) for one in comparisons_of(form)} <= {(rule.column, rule.code) for rule in rules}
    assert all(rule.told.endswith(".") and "'" not in rule.told for rule in rules)


@EACH
def test_no_sentence_is_left_with_a_hole(form: Form) -> None:
    for code in refusals_told(form):
        told = f"{code.sentence}{code.expected or ''}"
        assert "{" not in told and "…." not in told, code
    assert all(column.essence[0].isupper() for column in columns_told(form))


def test_a_key_with_a_cell_that_may_be_empty_is_no_primary_key() -> None:
    assert "primaryKey" not in published(FORMS["partenariats"])
    assert published(FORMS["partenariats"])["uniqueKeys"] == [["partenaire_nom", "date_signature"]]
    assert published(FORMS["satisfaction"])["primaryKey"] == ["organisme", "service", "item"]
