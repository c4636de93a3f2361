"""What holds for any file: order of columns does not matter, nothing raises, rows add up, and it is quick."""

import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

COLUMNS = (
    "organisme",
    "departement",
    "dossiers_individuels",
    "entreprises_concernees",
    "montant_facture_ht",
    "commentaire",
)
CELLS = {
    "organisme": ["CIL-001", "cil-001 ", "CIL-013", "CIL-002", "CIL-999", "OP-01", ""],
    "departement": ["01", "1", "13", "", "99"],
    "dossiers_individuels": ["0", "3", "1 234", "12,0", "1,5", "x", "-1", "", "10000000"],
    "entreprises_concernees": ["0", "2", "5", "x"],
    "montant_facture_ht": ["0", "10,5", "0,001", "-2", "1000000000", ""],
    "commentaire": ["", "rien; à dire", 'un "mot"'],
}
ROWS = st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in COLUMNS)), min_size=1, max_size=6)
PIECES = st.sampled_from(
    [*COLUMNS, ";", ",", "\t", "\n", "\r\n", "\r", '"', '""', " ", "CIL-001", "1", "é", "\ufeff", "\0", "-", "\u2028"]
)


def written(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set(';"') else cell

    return "\r\n".join([";".join(columns), *(";".join(quoted(row[name]) for name in columns) for row in rows)])


@given(rows=ROWS, columns=st.permutations(COLUMNS))
@settings(deadline=None)
def test_the_order_of_columns_does_not_matter(judge_file: Any, rows: list[tuple[str, ...]], columns: list[str]) -> None:
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    straight = judge_file(written(COLUMNS, named), "mobilite-trimestriel")
    shuffled = judge_file(written(tuple(columns), named), "mobilite-trimestriel")
    assert shuffled.lines == straight.lines
    assert sorted(shuffled.errors, key=repr) == sorted(straight.errors, key=repr)
    assert len({(error.line, error.column) for error in straight.errors}) == len(straight.errors)


@given(
    content=st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(lambda parts: "".join(parts).encode()))
)
@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_no_content_raises(judge_file: Any, content: bytes) -> None:
    judgement = judge_file(content)
    assert (judgement.verdict == "rejected") == bool(judgement.errors)


@given(rows=st.lists(st.lists(st.sampled_from(["", " ", "1", "CIL-001", "CIL-013"]), min_size=1, max_size=6)))
@settings(deadline=None)
def test_rows_add_up(judge_file: Any, rows: list[list[str]]) -> None:
    judgement = judge_file("\n".join([";".join(COLUMNS), *(";".join(row) for row in rows), ""]), "mobilite-trimestriel")
    assert judgement.rows_accepted + judgement.rows_refused + judgement.rows_blank == len(rows)


def test_a_hundred_thousand_lines_are_judged_in_a_few_seconds(judge_file: Any) -> None:
    rows = [dict(zip(COLUMNS, ("CIL-001", "01", "1 234", "12", "1 234,50", "rien; à dire"), strict=True))] * 100_000
    content = written(COLUMNS, rows).encode()
    began = time.process_time()
    judgement = judge_file(content, "mobilite-trimestriel")
    assert time.process_time() - began < 12
    assert judgement.codes == ("duplicate_line",)
