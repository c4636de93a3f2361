"""Beside a total: what was expected, what has come, and between which bounds it lies while some is missing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.agreeing import RunningTotal, TotalsDisagree, check_levels
from services.aggregation.domain.coverage import Arrival, coverage_of, past_of, years_of_past
from services.aggregation.domain.missing import MissingLine
from services.aggregation.domain.places import rows_of_level
from services.aggregation.domain.scope import LEVELS, Scope
from services.aggregation.domain.year import StandingLine, Year
from services.aggregation.handlers.restitutions import issue_restitutions
from services.aggregation.tables.arrivals import arrivals_of, due_days_of, note_extension
from shared.database import Database
from shared.events import DeadlineExtended
from shared.forms import FORMS
from shared.periods import Period
from shared.report import Cell, Document
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import ISSUE_DAY, document_of, fold, put_registry, small_network, work_day

FORM = FORMS["assistance-trimestriel"]
QUARTER = Period(2005, 1)
SCOPE = Scope(FORM, QUARTER, "national")
NETWORK = small_network("CIL-1", "CIL-2", "CIL-3")
LATE = date(2005, 5, 20)

figures = st.tuples(*[st.integers(0, 10**9)] * 3)


def line(member: str, values: tuple[int, int, int], quarter: int = 1, platform: str = "PF01") -> StandingLine:
    return StandingLine(quarter, platform, member, "75", "11", values)


@given(st.lists(figures, min_size=1, max_size=8), figures)
def test_what_comes_from_the_past_lies_within_the_bounds(
    past: list[tuple[int, int, int]], received: tuple[int, int, int]
) -> None:
    """Whichever of its past quarters a missing member repeats, the total is within the bounds; and they are tight."""
    year = Year(2005, (line("CIL-1", received),), None)
    missing = [MissingLine("PF01", "CIL-2", False)]
    [found] = coverage_of(SCOPE, NETWORK, year, missing, {"PF01": Arrival(LATE, False)}, {"CIL-2": past})
    assert found.bounds is not None
    for measure in range(3):
        totals = [received[measure] + of[measure] for of in past]
        assert (min(totals), max(totals)) == (found.bounds.least[measure], found.bounds.most[measure])


def test_what_was_expected_and_what_has_come() -> None:
    year = Year(2005, (line("CIL-1", (1, 2, 3)),), None)
    missing = [MissingLine("PF01", "CIL-2", False), MissingLine("PF02", "CIL-3", True)]
    [found] = coverage_of(SCOPE, NETWORK, year, missing, {"PF01": Arrival(LATE, True)}, {})
    assert (found.platforms, found.received_platforms, found.late_platforms, found.missing_platforms) == (2, 1, 1, 1)
    assert (found.members, found.received_members, found.missing_members, found.to_confirm) == (3, 1, 2, 1)
    assert found.without_past == 2


def test_who_was_given_more_time_is_not_late() -> None:
    year = Year(2005, (line("CIL-1", (1, 2, 3)),), None)
    for due, late in ((LATE, 0), (date(2005, 5, 19), 1)):
        [found] = coverage_of(SCOPE, NETWORK, year, [], {"PF01": Arrival(LATE, False, due)}, {})
        assert found.late_platforms == late


def test_each_group_has_its_own_and_the_nation_comes_last() -> None:
    year = Year(2005, (line("CIL-1", (1, 2, 3)),), None)
    missing = [MissingLine("PF02", "CIL-3", True)]
    found = coverage_of(Scope(FORM, QUARTER, "platform"), NETWORK, year, missing, {"PF01": Arrival(LATE, False)}, {})
    assert [(one.group, one.members, one.missing_members) for one in found] == [
        ("PF01", 1, 0), ("PF02", 1, 1), ("FR", 2, 1)
    ]  # fmt: skip
    assert found[0].bounds is None


def test_the_past_is_two_years_and_a_quarter_with_two_lines_is_their_sum() -> None:
    assert list(years_of_past(QUARTER)) == [2003, 2004, 2005]
    lines = [line("CIL-1", (1, 0, 0)), line("CIL-1", (2, 0, 0), platform="PF02"), line("CIL-1", (9, 9, 9), quarter=4)]
    years = [Year(2003, tuple(lines), None), Year(2004, (line("CIL-1", (5, 0, 0), quarter=2),), None)]
    assert sorted(past_of(years, QUARTER)["CIL-1"]) == [(3, 0, 0), (5, 0, 0), (9, 9, 9)]
    assert past_of([Year(2002, tuple(lines), None)], QUARTER) == {}


async def register(database: Database, *codes: str) -> None:
    async with database.transaction() as work:
        await put_registry(work, small_network(*codes, first_period="2004-T1"))


def cells(document: Document, table: str) -> list[dict[str, Cell]]:
    found = document.table(table)
    return [dict(zip([column.key for column in found.columns], row.cells, strict=True)) for row in found.rows]


@pytest.fixture(autouse=True)
def no_known_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})


async def test_an_edition_says_what_is_covered_and_its_bounds(database: Database) -> None:
    await register(database, "CIL-1", "CIL-2")
    for period, last in (("2004-T3", [3, 1, 0]), ("2004-T4", [7, 5, 2])):
        await fold(database, accepted({"CIL-1": [1, 1, 1], "CIL-2": last}, period=period, day=date(2005, 1, 9)))
    await fold(database, accepted({"CIL-1": [10, 20, 30]}))
    await work_day(database, ISSUE_DAY)
    document = await document_of(database, "assistance-trimestriel-2005-T1-national-1")
    [covered] = cells(document, "coverage")
    assert (covered["members"], covered["received_members"], covered["missing_members"]) == (2, 1, 1)
    [bounds] = cells(document, "bounds")
    assert list(bounds.values()) == ["Ensemble", 13, 17, 21, 25, 30, 32]


async def test_an_extension_counts_from_the_day_after_it_was_decided(database: Database) -> None:
    """Heard in any order, the newest holds; one decided since is no part of an edition."""
    await register(database, "CIL-1")
    await fold(database, accepted({"CIL-1": [1, 1, 1]}, day=LATE))
    decided = {1: (LATE, date(2005, 4, 28)), 2: (date(2005, 5, 10), date(2005, 5, 21))}
    async with database.transaction() as work:
        for version in (2, 1, 1):
            due, decided_on = decided[version]
            about = {"platform": "PF01", "form": FORM.code, "period": str(QUARTER), "ordinary_due": FORM.due(QUARTER)}
            event = DeadlineExtended(**about, due=due, reason="grève", decided_on=decided_on, version=version)
            await note_extension(work, event)
    late = {}
    async with database.transaction() as work:
        for day in (date(2005, 4, 28), date(2005, 5, 21), date(2005, 5, 22), None):
            [arrival] = (await arrivals_of(work, FORM.code, str(QUARTER), None)).values()
            due_days = await due_days_of(work, FORM.code, [str(QUARTER)], day)
            late[day] = arrival._replace(extended_due=due_days.get((str(QUARTER), "PF01"))).is_late(FORM.due(QUARTER))
    assert list(late.values()) == [True, False, True, True]


async def test_a_quarter_whose_running_total_is_not_its_lines_is_not_issued(database: Database) -> None:
    """The cause names the total; once it is right, the day is worked as if nothing had been."""
    await register(database, "CIL-1")
    await fold(database, accepted({"CIL-1": [10, 20, 30]}))
    async with database.transaction() as work:
        await work.execute("UPDATE group_total SET m2 = m2 + 1 WHERE level = 'region'")
    with pytest.raises(TotalsDisagree, match=r"assistance-trimestriel 2005-T1 region 11"):
        async with database.transaction() as work:
            await issue_restitutions(work, ISSUE_DAY)
    async with database.transaction() as work:
        await work.execute("UPDATE group_total SET m2 = m2 - 1 WHERE level = 'region'")
    await work_day(database, ISSUE_DAY)
    assert (await document_of(database, "assistance-trimestriel-2005-T1-region-1")).tables


def test_levels_that_disagree_are_told_apart() -> None:
    year = Year(2005, (line("CIL-1", (1, 2, 3)), line("CIL-2", (4, 5, 6))), QUARTER)
    rows = {level: rows_of_level(level, year, 1) for level in LEVELS}
    check_levels((FORM, QUARTER), rows, [RunningTotal("national", "FR", (5, 7, 9), (5, 7, 9))])
    rows["platform"] = rows_of_level("platform", Year(2005, year.lines[:1], QUARTER), 1)
    with pytest.raises(TotalsDisagree, match="platform"):
        check_levels((FORM, QUARTER), rows, [])
