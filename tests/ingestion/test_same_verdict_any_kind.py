"""The same rows, right and wrong, as CSV, XLSX, ODS and JSON, columns shuffled: the same verdict."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.ingestion.domain import Asked, Error, Judgement, judge
from services.ingestion.domain.numerals import read_number
from shared.forms import FORMS, Column, Form
from tests.ingestion.conftest import golden_network
from tests.ingestion.filling import GRADES
from tests.ingestion.filling import cells_of as right_cells
from tests.ingestion.kinds import WRITERS, Cell, as_text

NETWORK = golden_network("network-2005").network
MEMBERS: list[Cell] = ["CIL-001", "cil-001", " CIL-013 ", "CIL-002", "CIL-999", "OP-01"]
MOSTLY_RIGHT: dict[str, list[Cell]] = {
    "member": MEMBERS,
    "department": ["01", "1", 1, 13, "2A", "99", None],
    "count": [0, 1, 2, 3, 12, "1 234", "12,0", Decimal("1.5"), -1, "x", "١", 10_000_000, "1e3", None],
    "amount": [0, Decimal("10.5"), "1 234,56", Decimal("999999999.99"), Decimal("0.001"), -2, "dix", 10**9, None],
    "text": ["été ; « 1 »", 'un "mot"', "deux  espaces", "=1+1", "ligne\nautre", 12, " bord ", None],
    "flag": ["O", "N", "n", "oui", " Non ", "X", 1, None],
    "postcode": ["01000", " 75018 ", 59000, "20200", "1000", "99999", "2A000", None],
    "date": [date(2005, 3, 31), "31/03/2005", "2005-02-30", "hier", date(1998, 1, 2), None],
}


def cells_of(form: Form, column: Column) -> st.SearchStrategy[Cell]:
    if column.type == "code":
        codes: list[Cell] = [*form.codes_of(column), "ZZ", None]
        codes += [int(code) for code in form.codes_of(column) if code.isdigit()]
        return st.sampled_from([*codes, *(code.upper() for code in codes if isinstance(code, str))])
    if form.anonymous and column.type == "postcode":
        return st.sampled_from([*MOSTLY_RIGHT["postcode"], "06 12 34 56 78"])
    return st.sampled_from(MOSTLY_RIGHT[column.type])


def known_of(form: Form) -> list[dict[str, Cell]]:
    """The cells that make rows go together."""
    if form.whole:
        about: dict[str, Cell] = {"organisme": "CIL-001", "service": "Mobilite"}
        return [{**about, "item": item} for item in form.codes["item_mobilite"]]
    return [{"organisme": "CIL-001"}, {"organisme": "cil-013 "}] if "organisme" in form.by_name else [{}]


def table_of(form: Form) -> st.SearchStrategy[list[dict[str, Cell]]]:
    """Rows of which some are wholly blank, but not the last, which a workbook would not hold; or right rows alone."""
    row = st.fixed_dictionaries({column.name: cells_of(form, column) for column in form.columns})
    blank = st.just(dict.fromkeys(form.by_name))
    spoilt = st.lists(st.one_of(row, row, row, blank), max_size=4)
    mixed = st.tuples(spoilt, row).map(lambda parts: [*parts[0], parts[1]]).filter(lambda rows: any(rows[-1].values()))
    right = [right_cells(form, n, dict(known), []) for n, known in enumerate(known_of(form))]
    return st.one_of(mixed, st.tuples(*right).map(list))


def judged(form: Form, content: bytes) -> Judgement:
    period = "2005" if form.kind == "annual" else "2005-T2"
    return judge(content, Asked(form, period, "PF01", NETWORK, date(2006, 2, 1)))


def plain(judgement: Judgement) -> Any:
    """The verdict whole, its errors in an order that the columns' does not change, received values as what they say."""
    errors = sorted((_plain_error(error) for error in judgement.errors), key=repr)
    return judgement.outcome, judgement.lines, judgement.cases, errors


def _plain_error(error: Error) -> Error:
    if error.value is None:
        return error
    number = read_number(error.value.strip())
    return replace(error, value=str(number.value.normalize()) if number else error.value.strip())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(data=st.data())
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_the_same_rows_have_the_same_verdict_in_every_kind_of_file(form: Form, data: st.DataObject) -> None:
    rows = data.draw(table_of(form))
    names = [column.name for column in form.columns if column.required or data.draw(st.booleans())]
    verdicts = {}
    for kind, write in WRITERS.items():
        order = data.draw(st.permutations(names))
        written = [[_perhaps_text(data, row[name]) for name in order] for row in rows]
        shown = [f" {name.upper()}" if data.draw(st.booleans()) else name for name in order]
        verdicts[kind] = plain(judged(form, write(shown, written, form.code)))
    event(f"{form.code} {verdicts['csv'][0].verdict}")
    for kind, verdict in verdicts.items():
        assert verdict == verdicts["csv"], kind


def _perhaps_text(data: st.DataObject, cell: Cell) -> Cell:
    """Numbers and days are typed as text, too."""
    return as_text(cell) if cell is not None and data.draw(st.booleans()) else cell


@pytest.mark.parametrize("kind", WRITERS)
def test_a_right_table_is_accepted_in_every_kind_of_file(kind: str) -> None:
    form = FORMS["satisfaction"]
    items = form.codes["item_mobilite"]
    grades: list[Cell] = [3, 2, 1, 0]
    header = ["organisme", "service", "item", "prestations_realisees", "total", *GRADES]
    rows: list[list[Cell]] = [["CIL-001", "mobilite", item, 7, 6, *grades] for item in items]
    judgement = judged(form, WRITERS[kind](header, rows, form.code))
    assert (judgement.verdict, judgement.rows_accepted, judgement.errors) == ("accepted", len(items), ())
    assert [line.values["total"] for line in judgement.lines] == [6] * len(items)
