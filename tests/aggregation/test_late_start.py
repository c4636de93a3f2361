"""Quarters that were due before the house ran, or before it had a registry: issued on the first day worked."""

from datetime import date, timedelta

import pytest

from shared.database import Database
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import (
    ALL,
    DUE,
    ISSUE_DAY,
    document_of,
    fold,
    issued,
    put_registry,
    said,
    small_network,
    work_day,
)


@pytest.fixture(autouse=True)
def no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})


async def put(database: Database, first_period: str = "2005-T1", version: int = 1) -> None:
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3", first_period=first_period), version)


async def first_editions(database: Database) -> dict[str, set[date]]:
    """By period, the days on which its first editions were issued."""
    found: dict[str, set[date]] = {}
    for edition in await issued(database):
        if edition.edition == 1:
            found.setdefault(edition.period, set()).add(edition.issued_on)
    return found


async def test_a_house_that_starts_after_the_due_day_issues_on_its_first_day(database: Database) -> None:
    await put(database)
    await fold(database, accepted(ALL, day=DUE))
    late = ISSUE_DAY + timedelta(days=9)
    for day in range(3):
        await work_day(database, late + timedelta(days=day))
    assert await first_editions(database) == {"2005-T1": {late}}
    assert len(await issued(database)) == 9
    assert [event.day for event in await said(database)] == [late]


async def test_a_registry_that_comes_late_lets_the_quarter_be_issued(database: Database) -> None:
    await work_day(database, ISSUE_DAY)
    assert await issued(database) == []
    await put(database)
    await fold(database, accepted(ALL, day=ISSUE_DAY))
    await work_day(database, ISSUE_DAY + timedelta(days=1))
    assert await first_editions(database) == {"2005-T1": {ISSUE_DAY + timedelta(days=1)}}


async def test_a_first_period_that_is_set_earlier_brings_its_quarters(database: Database) -> None:
    await put(database, first_period="2005-T2")
    await fold(database, accepted(ALL, day=DUE))
    await work_day(database, ISSUE_DAY)
    assert await issued(database) == []
    await put(database, first_period="2005-T1", version=2)
    await work_day(database, ISSUE_DAY + timedelta(days=1))
    assert await first_editions(database) == {"2005-T1": {ISSUE_DAY + timedelta(days=1)}}


async def test_long_past_quarters_of_which_nothing_came_are_not_issued(database: Database) -> None:
    """Only those of the last year, and an old one as soon as somebody reports it."""
    await put(database, first_period="1995-T1")
    day = date(2005, 5, 2)
    await fold(database, accepted(ALL, period="1997-T3", day=day))
    await work_day(database, day)
    assert sorted(await first_editions(database)) == ["2004-T2", "2004-T3", "2004-T4", "2005-T1"]
    await work_day(database, day + timedelta(days=1))
    found = await first_editions(database)
    assert found["1997-T3"] == {day + timedelta(days=1)}
    assert len(found) == 5
    assert {edition.form for edition in await issued(database) if edition.period == "1997-T3"} == {
        "assistance-trimestriel",
        "synthese",
    }


async def test_a_late_first_edition_counts_what_came_before_its_day(database: Database) -> None:
    await put(database)
    await fold(database, accepted(ALL, day=date(2005, 6, 1)))
    await work_day(database, date(2005, 6, 2))
    document = await document_of(database, "assistance-trimestriel-2005-T1-national-1")
    assert document.table("figures").rows[0].cells[-6:] == (11, 11, 22, 22, 33, 33)
