"""From a figure to its lines and from a line to its figures: for any history, and for whoever asks; on PostgreSQL."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.aggregation.domain.content import Content
from services.aggregation.domain.destinations import cells_fed
from services.aggregation.domain.lineage import Cell, FiledLine, Reader, issued_row, printed_row, summed
from services.aggregation.domain.places import Place, rows_of_level
from services.aggregation.domain.scope import LEVELS, Scope
from services.aggregation.domain.year import Year
from services.aggregation.domain.ytd import Row
from services.aggregation.tables.destinations import lines_of_submission
from services.aggregation.tables.lineage import lines_of_cell, quarter_sums, replaced_lines, running_quarters
from services.aggregation.tables.lines import read_year
from shared.database import Database
from shared.events import SubmissionAccepted
from shared.forms import FORMS
from shared.periods import Period
from shared.transaction import Transaction
from tests.aggregation.conftest import empty
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import fold

pytestmark = pytest.mark.infra

FORM = FORMS["mobilite-trimestriel"]
DEPARTMENTS = ("75", "13", "2A")
ALL = Reader(reads_all=True)


@st.composite
def histories(draw: st.DrawFn) -> list[SubmissionAccepted]:
    """Quarters of two Plates-formes, corrected or not; members move between départements and Plates-formes."""
    keys = st.sets(st.tuples(st.sampled_from(("PF01", "PF02")), st.integers(1, 3)), min_size=1)
    found = []
    for platform, quarter in sorted(draw(keys)):
        for version in range(1, draw(st.integers(1, 3)) + 1):
            members = draw(st.sets(st.sampled_from(("CIL-1", "CIL-2", "C1")), min_size=1))
            figures = st.tuples(st.integers(0, 99), st.integers(0, 99), st.decimals(0, 999, places=2).map(str))
            found.append(
                accepted(
                    {member: draw(figures) for member in sorted(members)},
                    platform=platform,
                    form=FORM.code,
                    period=f"2005-T{quarter}",
                    version=version,
                    day=date(2005, 4, 1) + timedelta(days=version),
                    departments={member: draw(st.sampled_from(DEPARTMENTS)) for member in sorted(members)},
                )
            )
    return draw(st.permutations(found))


def cells_of(year: Year, period: Period) -> list[tuple[Cell, Row]]:
    """Every row of every table of the quarter, totals of groups too, with what it prints."""
    found = []
    for level in LEVELS:
        content = Content(rows_of_level(level, year, period.quarter or 4), ())
        for code, member in sorted({name for place in content.rows for name in _rows(level, place)}, key=str):
            cell = Cell(Scope(FORM, period, level), code, FORM.measures[0], "ytd", member)
            row = issued_row(content, level, cell)
            assert row
            found.append((cell, row))
    return found


def _rows(level: str, place: Place) -> list[tuple[str, str | None]]:
    if level in ("member", "national"):
        return [(place.code, None)]
    return [(place.group, None), (place.group, place.code)]


def cut(cell: Cell, span: str, measure: int) -> Cell:
    return Cell(cell.scope, cell.code, FORM.measures[measure], "quarter" if span == "quarter" else "ytd", cell.member)


# Without shrinking: against a real database it takes minutes, and what it starts from is small.
@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=histories())
async def test_any_cell_is_the_sum_of_its_lines_and_each_line_knows_its_cells(
    database: Database, events: list[SubmissionAccepted]
) -> None:
    await empty(database)
    await fold(database, *events)
    async with database.transaction() as work:
        year = await read_year(work, FORM.code, 2005)
        explained = {cell: await _checked(work, cell, row, year) for period in _quarters(year)
                     for cell, row in cells_of(year, period)}  # fmt: skip
        fed: dict[FiledLine, set[Cell]] = {}
        for cell, lines in explained.items():
            for line in lines:
                for measure in range(3):
                    fed.setdefault(line, set()).add(cut(cell, "ytd", measure))
                    if line.period == str(cell.scope.period):
                        fed[line].add(cut(cell, "quarter", measure))
        standing = await _standing(work, events)
        assert fed.keys() == set(standing)
        for line in standing:
            assert set(cells_fed(FORM, line, year.last_reported)) == fed[line]


def _quarters(year: Year) -> list[Period]:
    return [Period(2005, quarter) for quarter in range(1, max(line.quarter for line in year.lines) + 1)]


async def _checked(work: Transaction, cell: Cell, row: Row, year: Year) -> list[FiledLine]:
    """Both spans and all measures: as printed, as running totals say, as its lines and their sums say."""
    assert printed_row(await running_quarters(work, cell), cell.scope.period, year.last_reported) == row
    for span, figures in (("quarter", row.quarter), ("ytd", row.ytd)):
        asked = cut(cell, span, 0)
        lines = await lines_of_cell(work, asked)
        total = summed(await quarter_sums(work, asked))
        assert total.figures == figures
        assert total.lines == len(lines)
        assert tuple(sum(line.figures[place] for line in lines) for place in range(3)) == figures
    return lines


async def _standing(work: Transaction, events: Sequence[SubmissionAccepted]) -> list[FiledLine]:
    found = []
    for event in events:
        form, lines = await lines_of_submission(work, event.submission, ALL)
        assert form == FORM.code
        assert [line.line for line in lines] == [line.line for line in event.lines]
        found += [line for line in lines if line.replaced_on is None]
    return found


ASSISTANCE = FORMS["assistance-trimestriel"]
FIRST, SECOND = date(2005, 4, 6), date(2005, 5, 6)


def national(span: str = "quarter", quarter: int = 1) -> Cell:
    measure = ASSISTANCE.measures[0]
    return Cell(
        Scope(ASSISTANCE, Period(2005, quarter), "national"), "FR", measure, "ytd" if span == "ytd" else "quarter"
    )


async def corrected(database: Database) -> None:
    """CIL-2 is left out of the correction, CIL-3 comes with it."""
    await fold(
        database,
        accepted({"CIL-1": [1, 0, 0], "CIL-2": [2, 0, 0]}, day=FIRST),
        accepted({"CIL-1": [5, 0, 0], "CIL-3": [7, 0, 0]}, version=2, day=SECOND),
        accepted({"CIL-4": [100, 0, 0]}, platform="PF02", day=FIRST),
    )


async def test_versions_that_were_replaced_stand_apart(database: Database) -> None:
    await corrected(database)
    async with database.transaction() as work:
        lines = await lines_of_cell(work, national())
        replaced = await replaced_lines(work, national(), ALL)
    assert [(line.platform, line.member, line.version, line.line, line.figures[0]) for line in lines] == [
        ("PF01", "CIL-1", 2, 2, 5),
        ("PF01", "CIL-3", 2, 3, 7),
        ("PF02", "CIL-4", 1, 2, 100),
    ]
    assert [(line.member, line.version, line.figures[0], line.replaced_on) for line in replaced] == [
        ("CIL-1", 1, 1, SECOND),
        ("CIL-2", 1, 2, SECOND),
    ]


async def test_as_it_stood_when_a_day_began(database: Database) -> None:
    await corrected(database)
    async with database.transaction() as work:
        assert await quarter_sums(work, national(), FIRST) == {}
        before = summed(await quarter_sums(work, national(), SECOND))
        assert (before.lines, before.figures[0]) == (3, 103)
        assert await replaced_lines(work, national(), ALL, SECOND) == []


async def test_what_was_replaced_is_read_by_its_own_alone(database: Database) -> None:
    await corrected(database)
    async with database.transaction() as work:
        read = {
            reader: [line.member for line in await replaced_lines(work, national(), reader)]
            for reader in (Reader(platform="PF01"), Reader(platform="PF02"), Reader(member="CIL-2"), Reader())
        }
    assert list(read.values()) == [["CIL-1", "CIL-2"], [], ["CIL-2"], []]


async def test_a_cumul_sums_its_quarters(database: Database) -> None:
    await corrected(database)
    await fold(database, accepted({"CIL-1": [10, 0, 0]}, period="2005-T2", day=date(2005, 7, 4)))
    async with database.transaction() as work:
        sums = await quarter_sums(work, national("ytd", 2))
        assert {str(period): (one.lines, one.figures[0]) for period, one in sums.items()} == {
            "2005-T1": (3, 112),
            "2005-T2": (1, 10),
        }
        assert summed(await quarter_sums(work, national("quarter", 2))).figures[0] == 10


async def test_lines_come_a_page_at_a_time(database: Database) -> None:
    await corrected(database)
    async with database.transaction() as work:
        whole = await lines_of_cell(work, national())
        pages = [await lines_of_cell(work, national(), first=first, many=2) for first in (1, 3, 5)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert [line for page in pages for line in page] == whole


async def test_a_code_within_another_is_another(database: Database) -> None:
    """`C1` is no `C10`, though the text of the one is in that of the other."""
    await fold(database, accepted({"C1": [1, 0, 0], "C10": [10, 0, 0], "XC1": [100, 0, 0]}, day=FIRST))
    cell = Cell(Scope(ASSISTANCE, Period(2005, 1), "member"), "C1", ASSISTANCE.measures[0], "quarter")
    async with database.transaction() as work:
        assert [line.figures[0] for line in await lines_of_cell(work, cell)] == [1]
