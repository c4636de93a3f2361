"""Right rows: what is taken a column at a time is what the row judge takes, and what he refuses is never taken."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from services.ingestion.domain import Asked, Judgement, judge
from services.ingestion.domain.right_rows import RightRows
from services.ingestion.domain.rows import RowJudge
from shared.forms import FORMS
from shared.network import Network
from tests.shared.networks import small_network
from tests.soak.cell_changes import CELL_CHANGES, SHAPE_CHANGES, many_rows, rewrite_numbers
from tests.soak.mutants import WRITERS
from tests.soak.tables import PLATFORM, SENT_ON, Table, right_table

CASES = ("dossiers-assistance", "dossiers-mobilite")
NETWORK = Network.model_validate(small_network())
Judge = Callable[[str, bytes], Judgement]


def table_of_cases(draw: Random) -> Table:
    while (table := right_table(draw)).form.code not in CASES or not table.rows:
        pass
    many_rows(draw, table)
    return table


def judged(form: str, content: bytes) -> Judgement:
    return judge(content, Asked(FORMS[form], "2005", PLATFORM, NETWORK, SENT_ON))


@pytest.fixture
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> Judge:
    def slowly(form: str, content: bytes) -> Judgement:
        with monkeypatch.context() as patch:
            patch.setattr(RightRows, "of", lambda *_: None)
            return judged(form, content)

    return slowly


@pytest.mark.parametrize("seed", range(120))
def test_both_ways_say_the_same(row_by_row: Judge, seed: int) -> None:
    draw = Random(seed)
    table = table_of_cases(draw)
    changes = [rewrite_numbers, *CELL_CHANGES, *SHAPE_CHANGES]
    for change in draw.sample(changes, draw.choice((0, 0, 1, 1, 2))):
        change(draw, table)
    content = WRITERS[draw.choice(sorted(WRITERS))](draw, table)
    assert judged(table.form.code, content) == row_by_row(table.form.code, content)


def lines(seed: int) -> list[str]:
    draw = Random(seed)
    table = table_of_cases(draw)
    rows = [";".join("" if cell is None else str(cell) for cell in row) for row in table.rows]
    return [";".join(table.header), *rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\n \n", "\n;\n", '\n"CIL01"\n', "\n;;;;;;;;\n"])
@pytest.mark.parametrize("place", [3, 40, -1])
def test_ends_of_lines_and_quotes_are_read_alike(row_by_row: Judge, end: str, place: int) -> None:
    written = lines(7)
    text = "\n".join(written[:place]) + end + "\n".join(written[place:])
    for content in (text.encode(), text.replace("\n", "\r\n").encode(), (text + end).encode()):
        assert judged("dossiers-mobilite", content) == row_by_row("dossiers-mobilite", content)


AMOUNTS = [
    *("0", "7", "007", "1,5", "1.50", "12,505", "9999999", "9999999,99", "99999999", "999999999,99", "1000000000"),
    *("1 234", "123\u00a0456,7", "12\u202f345.60", "1 234 567", "1234 567", "12 34", "0 123", "1,", ",5", "-0", "+1"),
    *("0612345678", "061 234 567,8", "061 234 567.8", "0612345.67", "12\n34", " 12 ", "1e3", "٣", "", "1_0"),
]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_the_same_however_it_is_written(row_by_row: Judge, amount: str) -> None:
    table = table_of_cases(Random(3))
    place = table.header.index("ressources_nettes_mensuelles")
    for row in table.rows:
        row[place] = amount
    content = WRITERS["json"](Random(1), table)
    assert judged(table.form.code, content) == row_by_row(table.form.code, content)


def test_most_rows_are_taken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all the above would hold of nothing."""

    def never(*_: Any) -> Any:
        raise AssertionError

    written = lines(7)
    monkeypatch.setattr(RowJudge, "judge", never)
    assert judged("dossiers-mobilite", "\n".join(written).encode()).rows_accepted == len(written) - 1
