"""The revision triangle: each quarter at its deadline, 30 days later and now, against a plain second reading."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.revisions import Expected, FiledTotal, moved, revisions_of
from shared.database import Database
from shared.events import DayBegan
from shared.forms import FORMS
from shared.periods import Period
from shared.readings import begin_day
from shared.settings import Settings
from tests.aggregation.asking import client_of
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import fold, put_registry, small_network
from tests.infrastructure import Servers, settings_for

FORM = FORMS["assistance-trimestriel"]
QUARTER = Period(2005, 1)
DUE, AFTER = date(2005, 4, 30), date(2005, 5, 30)
ROUTE = "/api/v1/revisions"
ASKED = {"form": FORM.code, "year": "2005"}

days = st.integers(0, 120).map(lambda days: date(2005, 4, 1) + timedelta(days))
figures = st.tuples(*[st.integers(0, 10**9)] * 3)
histories = st.dictionaries(
    st.sampled_from(["PF01", "PF02", "PF03"]), st.lists(st.tuples(days, figures), min_size=1, max_size=5), min_size=1
)


def filed(histories: dict[str, list[tuple[date, Figures]]]) -> list[FiledTotal]:
    return [
        FiledTotal(QUARTER, platform, version, day, of)
        for platform, history in histories.items()
        for version, (day, of) in enumerate(sorted(history), start=1)
    ]


def as_of(history: list[tuple[date, Figures]], day: date) -> Figures | None:
    """The last of what had come, by nothing but the order of the days."""
    come = [of for on, of in sorted(history) if on <= day]
    return come[-1] if come else None


@given(histories, days)
def test_each_point_is_what_had_come_by_its_day(histories: dict[str, list[tuple[date, Figures]]], today: date) -> None:
    shown = {one.platform: one for one in revisions_of(FORM, 2005, reversed(filed(histories)), today)}
    assert set(shown) == {*histories, "FR"}
    for platform, history in histories.items():
        one = shown[platform]
        assert one.at_deadline == (as_of(history, DUE) if today > DUE else None)
        assert one.after_30_days == (as_of(history, AFTER) if today > AFTER else None)
        assert one.now == as_of(history, date.max)
        assert one.versions == len(history)


@given(histories, days)
def test_the_nation_is_the_sum_of_its_platforms(histories: dict[str, list[tuple[date, Figures]]], today: date) -> None:
    *platforms, nation = revisions_of(FORM, 2005, filed(histories), today)
    assert nation.is_total
    for point in ("at_deadline", "after_30_days", "now"):
        known = [getattr(one, point) for one in platforms if getattr(one, point) is not None]
        assert getattr(nation, point) == (tuple(map(sum, zip(*known, strict=True))) if known else None)


def test_the_day_of_the_deadline_counts_whole_and_the_next_does_not() -> None:
    history = [FiledTotal(QUARTER, "PF01", 1, DUE, (1, 0, 0)), FiledTotal(QUARTER, "PF01", 2, AFTER, (2, 0, 0))]
    late = FiledTotal(QUARTER, "PF01", 3, AFTER + timedelta(1), (4, 0, 0))
    one, _ = revisions_of(FORM, 2005, [*history, late], AFTER + timedelta(1))
    assert (one.at_deadline, one.after_30_days, one.now) == ((1, 0, 0), (2, 0, 0), (4, 0, 0))
    assert next(revisions_of(FORM, 2005, history, DUE)).at_deadline is None


def test_who_owes_is_there_without_having_sent_anything_and_an_extended_due_day_is_the_platforms_own() -> None:
    filed = [FiledTotal(QUARTER, "PF01", 1, DUE, (1, 0, 0)), FiledTotal(QUARTER, "PF02", 1, AFTER, (2, 0, 0))]
    expected = Expected({QUARTER: ["PF02", "PF03"]}, {(str(QUARTER), "PF02"): AFTER})
    first, second, third, nation = revisions_of(FORM, 2005, filed, AFTER + timedelta(1), expected)
    assert (first.at_deadline, second.at_deadline, second.due) == ((1, 0, 0), (2, 0, 0), AFTER)
    assert (second.after_30_days, second.is_after) == (None, False)
    assert (third.platform, third.now, third.versions) == ("PF03", None, 0)
    assert (nation.at_deadline, nation.after_30_days, nation.now) == ((3, 0, 0), None, (3, 0, 0))
    [*_, early] = revisions_of(FORM, 2005, filed, AFTER, expected)
    assert (early.at_deadline, early.is_due) == (None, False)


def test_a_movement_from_nothing_has_no_rate() -> None:
    assert moved(None, (7, 0, 0), 0) == (7, None)
    assert moved((3, 0, 0), (7, 0, 0), 0) == (4, Decimal("133.3"))
    assert moved((8, 0, 0), None, 0) == (-8, Decimal("-100.0"))


@pytest.fixture
async def client(
    servers: Servers, room_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """PF01 corrects on the day after the deadline, PF02 reports on the 31st day; the second quarter is not yet due."""
    monkeypatch.setattr("shared.readings._whole", {})
    settings: Settings = settings_for(servers, room_url)
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", "CIL-2", "CIL-3"))
        await begin_day(work, DayBegan(day=date(2005, 7, 10)))
    await fold(
        database,
        accepted({"CIL-1": [1, 0, 0], "CIL-3": [2, 0, 0]}, day=DUE),
        accepted({"CIL-1": [5, 0, 0], "CIL-3": [2, 0, 0]}, version=2, day=DUE + timedelta(1)),
        accepted({"CIL-2": [100, 0, 0]}, platform="PF02", day=AFTER + timedelta(1)),
        accepted({"CIL-1": [10, 0, 0]}, period="2005-T2", day=date(2005, 7, 4)),
    )
    async with client_of(settings) as client:
        yield client


POINTS = ("at_deadline", "after_30_days", "now", "whole_difference", "whole_rate")
EXPECTED: dict[tuple[str, str], tuple[Any, ...]] = {
    ("2005-T1", "PF01"): (3, 7, 7, 4, "133.3"),
    ("2005-T1", "PF02"): (None, None, 100, 100, "sans objet"),
    ("2005-T1", "FR"): (3, 7, 107, 104, "3466.7"),
    ("2005-T2", "PF01"): (None, None, 10, None, None),
    ("2005-T2", "PF02"): (None, None, None, None, None),
    ("2005-T2", "FR"): (None, None, 10, None, None),
}


@pytest.mark.infra
async def test_the_same_figures_by_json_csv_and_workbook(client: httpx.AsyncClient) -> None:
    told = (await client.get(ROUTE, params=ASKED)).raise_for_status().json()
    first = [one for one in told if one["measure"] == "diagnostics_prealables"]
    assert {(one["period"], one["platform"]): tuple(one[point] for point in POINTS) for one in first} == EXPECTED
    assert {one["due"] for one in first} == {"2005-04-30", "2005-07-30"}

    text = (await client.get(ROUTE, params={**ASKED, "format": "csv"})).content.decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(text)))
    assert [(one["platform"], one["now"]) for one in read] == [
        (one["platform"], "" if one["now"] is None else str(one["now"])) for one in told
    ]

    workbook = (await client.get(ROUTE, params={**ASKED, "format": "xlsx"})).raise_for_status().content
    sheets = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets
    rows = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    [total, *_] = [row for row in rows if row[0] == "Total national"]
    assert total[2:5] == (3, 7, 107)


@pytest.mark.infra
async def test_the_page_and_the_pdf_show_the_triangle(client: httpx.AsyncClient) -> None:
    page = (await client.get("/revisions", params=ASKED, headers={"accept": "text/html"})).raise_for_status().text
    assert "Révisions des trimestres" in page
    assert "sans objet" in page
    pdf = (await client.get(ROUTE, params={**ASKED, "format": "pdf"})).raise_for_status().content
    assert pdf.startswith(b"%PDF")
