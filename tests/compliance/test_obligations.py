"""What is owed and by when, against dates worked out by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.domain.obligations import (
    LADDER,
    Obligation,
    ended_periods,
    judge_day,
    obligations_on,
)
from shared.clock import midnight, paris_day
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from tests.shared.networks import small_network

ASSISTANCE, MOBILITE = "assistance-trimestriel", "mobilite-trimestriel"

# Period: the due day, then the days of the ladder: 10 and 3 before, 0, 3, 7 after, and weekly to 91.
LADDERS = {
    "2003-T4": "2004-01-30: 01-20 01-27 01-30 02-02 02-06 02-13 02-20 02-27 03-05 03-12 03-19 03-26 04-02 04-09 04-16 "
    "04-23 04-30",
    "2004-T4": "2005-01-30: 01-20 01-27 01-30 02-02 02-06 02-13 02-20 02-27 03-06 03-13 03-20 03-27 04-03 04-10 04-17 "
    "04-24 05-01",
    "2005-T1": "2005-04-30: 04-20 04-27 04-30 05-03 05-07 05-14 05-21 05-28 06-04 06-11 06-18 06-25 07-02 07-09 07-16 "
    "07-23 07-30",
    "2005-T2": "2005-07-30: 07-20 07-27 07-30 08-02 08-06 08-13 08-20 08-27 09-03 09-10 09-17 09-24 10-01 10-08 10-15 "
    "10-22 10-29",
    "2005-T3": "2005-10-30: 10-20 10-27 10-30 11-02 11-06 11-13 11-20 11-27 12-04 12-11 12-18 12-25 01-01 01-08 01-15 "
    "01-22 01-29",
    "2007-T4": "2008-01-30: 01-20 01-27 01-30 02-02 02-06 02-13 02-20 02-27 03-05 03-12 03-19 03-26 04-02 04-09 04-16 "
    "04-23 04-30",
    "2008-T1": "2008-04-30: 04-20 04-27 04-30 05-03 05-07 05-14 05-21 05-28 06-04 06-11 06-18 06-25 07-02 07-09 07-16 "
    "07-23 07-30",
    "2015-T4": "2016-01-30: 01-20 01-27 01-30 02-02 02-06 02-13 02-20 02-27 03-05 03-12 03-19 03-26 04-02 04-09 04-16 "
    "04-23 04-30",
}


def _worked_out(period: str) -> tuple[date, list[date]]:
    due, steps = LADDERS[period].split(": ")
    year, first_month = int(due[:4]), due[5:7]
    years = [year + (step[:2] < first_month) for step in steps.split()]
    dated = [date.fromisoformat(f"{of}-{step}") for of, step in zip(years, steps.split(), strict=True)]
    return date.fromisoformat(due), dated


@pytest.mark.parametrize("period", LADDERS)
@pytest.mark.parametrize("form", [ASSISTANCE, MOBILITE])
def test_due_days_and_ladders(period: str, form: str) -> None:
    due, steps = _worked_out(period)
    assert FORMS[form].due(Period.parse(period)) == due
    owed = Obligation("PF01", form, period, due, None)
    days = [due + timedelta(days=n) for n in range(-29, 120)]
    said = [(day, judge_day([owed], day)) for day in days]
    assert [day for day, judged in said if judged.to_remind] == steps
    assert [day for day, judged in said if judged.approaching] == steps[:3]
    assert [day for day, judged in said if judged.missed] == [due + timedelta(days=1)]
    assert [day for day, judged in said if judged.late] == [due + timedelta(days=1), *steps[3:]]


DUE = {
    "1999-T4": "2000-01-30",
    "2000-T1": "2000-04-30",
    "2004-T1": "2004-04-30",
    "2004-T2": "2004-07-30",
    "2004-T3": "2004-10-30",
    "2006-T1": "2006-04-30",
    "2006-T2": "2006-07-30",
    "2006-T3": "2006-10-30",
    "2006-T4": "2007-01-30",
    "2008-T2": "2008-07-30",
    "2008-T3": "2008-10-30",
    "2008-T4": "2009-01-30",
    "2016-T1": "2016-04-30",
    "2099-T4": "2100-01-30",
}


@pytest.mark.parametrize(("period", "due"), DUE.items())
def test_due_days(period: str, due: str) -> None:
    assert FORMS[ASSISTANCE].due(Period.parse(period)) == date.fromisoformat(due)


# A moment in universal time: the day in Paris, and whether a first submission for 2004-T4 … is on time then.
MOMENTS = [
    ("2005-01-30T22:59:59", "2005-01-30", "2004-T4", "on_time"),
    ("2005-01-30T23:00:00", "2005-01-31", "2004-T4", "late"),
    ("2005-03-26T22:59:59", "2005-03-26", "2004-T4", "late"),
    ("2005-03-26T23:00:00", "2005-03-27", "2004-T4", "late"),  # clocks go forward on 27 March
    ("2005-03-27T00:59:59", "2005-03-27", "2004-T4", "late"),
    ("2005-03-27T01:00:00", "2005-03-27", "2004-T4", "late"),
    ("2005-03-27T21:59:59", "2005-03-27", "2004-T4", "late"),
    ("2005-03-27T22:00:00", "2005-03-28", "2004-T4", "late"),
    ("2005-04-30T21:59:59", "2005-04-30", "2005-T1", "on_time"),
    ("2005-04-30T22:00:00", "2005-05-01", "2005-T1", "late"),
    ("2005-07-30T21:59:59", "2005-07-30", "2005-T2", "on_time"),
    ("2005-07-30T22:00:00", "2005-07-31", "2005-T2", "late"),
    ("2004-10-30T21:59:59", "2004-10-30", "2004-T3", "on_time"),  # clocks went back on the 31st
    ("2004-10-30T22:00:00", "2004-10-31", "2004-T3", "late"),
    ("2005-10-29T21:59:59", "2005-10-29", "2005-T3", "on_time"),
    ("2005-10-29T22:00:00", "2005-10-30", "2005-T3", "on_time"),  # clocks go back on the due day: it has 25 hours
    ("2005-10-30T00:30:00", "2005-10-30", "2005-T3", "on_time"),
    ("2005-10-30T01:30:00", "2005-10-30", "2005-T3", "on_time"),
    ("2005-10-30T22:59:59", "2005-10-30", "2005-T3", "on_time"),
    ("2005-10-30T23:00:00", "2005-10-31", "2005-T3", "late"),
    ("2016-10-30T22:59:59", "2016-10-30", "2016-T3", "on_time"),
    ("2016-10-30T23:00:00", "2016-10-31", "2016-T3", "late"),
    ("2008-02-28T23:00:00", "2008-02-29", "2007-T4", "late"),
]


@pytest.mark.parametrize(("moment", "day", "period", "state"), MOMENTS)
def test_on_time_until_midnight_in_paris(moment: str, day: str, period: str, state: str) -> None:
    received_on = paris_day(datetime.fromisoformat(f"{moment}+00:00"))
    assert received_on == date.fromisoformat(day)
    due = FORMS[ASSISTANCE].due(Period.parse(period))
    assert Obligation("PF01", ASSISTANCE, period, due, received_on).state_on(date(2099, 1, 1)) == state


@pytest.mark.parametrize(("day", "hours"), [("2005-03-27", 23), ("2005-10-30", 25), ("2005-06-15", 24)])
def test_a_day_lasts_from_midnight_to_midnight_in_paris(day: str, hours: int) -> None:
    first, after = midnight(date.fromisoformat(day)), midnight(date.fromisoformat(day) + timedelta(days=1))
    assert after.timestamp() - first.timestamp() == hours * 3600
    assert paris_day(first) == date.fromisoformat(day)


STATES = [
    (None, "2005-04-01", "pending"),
    (None, "2005-04-30", "pending"),
    (None, "2005-05-01", "missing"),
    (None, "2006-01-01", "missing"),
    ("2005-04-30", "2005-04-29", "pending"),
    ("2005-04-30", "2005-04-30", "on_time"),
    ("2005-04-30", "2005-09-01", "on_time"),
    ("2005-05-01", "2005-04-30", "pending"),
    ("2005-05-01", "2005-05-01", "late"),
    ("2005-06-01", "2005-05-15", "missing"),
]


@pytest.mark.parametrize(("first", "day", "state"), STATES)
def test_states(first: str | None, day: str, state: str) -> None:
    arrived = date.fromisoformat(first) if first else None
    obligation = Obligation("PF01", ASSISTANCE, "2005-T1", date(2005, 4, 30), arrived)
    assert obligation.state_on(date.fromisoformat(day)) == state


def _span(start: str, end: str | None = None) -> dict[str, Any]:
    return {"from": start, "to": end}


def _belongs(*spans: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [{"service": "assistance", "platform": code, **_span(start, end)} for code, start, end in spans]


def _entrusts(start: str, end: str | None) -> list[dict[str, Any]]:
    return [{"service": "assistance", "member": "CIL02", **_span(start, end)}]


ALWAYS = _belongs(("PF01", "2003-01-01", None))
# For 2005-T2, whose last day is 30 June: agreements of PF01, memberships and delegations of its one member; who owes.
RIGHTS: list[tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], set[str]]] = [
    ([_span("2003-01-01")], ALWAYS, [], {"PF01"}),
    ([_span("2003-01-01", "2005-06-30")], ALWAYS, [], {"PF01"}),
    ([_span("2003-01-01", "2005-06-29")], ALWAYS, [], set()),
    ([_span("2003-01-01", "2005-05-15")], ALWAYS, [], set()),
    ([_span("2005-06-30")], ALWAYS, [], {"PF01"}),
    ([_span("2005-07-01")], ALWAYS, [], set()),
    ([_span("2003-01-01", "2005-06-30"), _span("2005-07-01")], ALWAYS, [], {"PF01"}),
    ([_span("2003-01-01", "2005-06-15"), _span("2005-07-01")], ALWAYS, [], set()),
    ([_span("2003-01-01")], _belongs(("PF01", "2003-01-01", "2005-06-29")), [], set()),
    ([_span("2003-01-01")], _belongs(("PF01", "2003-01-01", "2005-06-30")), [], {"PF01"}),
    ([_span("2003-01-01")], _belongs(("PF01", "2005-06-30", None)), [], {"PF01"}),
    ([_span("2003-01-01")], _belongs(("PF01", "2005-07-01", None)), [], set()),
    ([_span("2003-01-01")], _belongs(("PF01", "2003-01-01", "2005-05-14"), ("PF02", "2005-05-15", None)), [], {"PF02"}),
    ([_span("2003-01-01")], _belongs(("PF01", "2003-01-01", "2005-06-30"), ("PF02", "2005-07-01", None)), [], {"PF01"}),
    ([_span("2003-01-01")], ALWAYS, _entrusts("2003-01-01", None), set()),
    ([_span("2003-01-01")], ALWAYS, _entrusts("2005-01-01", "2005-06-29"), {"PF01"}),
    ([_span("2003-01-01")], ALWAYS, _entrusts("2005-01-01", "2005-06-30"), set()),
    ([_span("2003-01-01")], ALWAYS, _entrusts("2005-06-30", None), set()),
    ([_span("2003-01-01")], ALWAYS, _entrusts("2005-07-01", None), {"PF01"}),
]


@pytest.mark.parametrize("n", range(len(RIGHTS)))
def test_rights_are_judged_on_the_last_day_of_the_period(n: int) -> None:
    agreements, memberships, delegations, owing = RIGHTS[n]
    document = small_network()
    document["platforms"][0]["agreements"] = agreements
    document["members"] = [{**document["members"][0], "memberships": memberships, "delegations": delegations}]
    network = Network.model_validate(document)
    owed = obligations_on(network, {}, date(2005, 7, 1))
    assert {one.platform for one in owed if (one.form, one.period) == (ASSISTANCE, "2005-T2")} == owing
    assert [one for one in owed if one.form == MOBILITE] == []


def test_an_obligation_exists_from_the_day_after_the_period() -> None:
    network = Network.model_validate(small_network(first_period="2005-T2"))
    assert obligations_on(network, {}, date(2005, 6, 30)) == []
    first_day = obligations_on(network, {}, date(2005, 7, 1))
    assert {one.owed for one in first_day} == {
        ("PF01", ASSISTANCE, "2005-T2"), ("PF01", MOBILITE, "2005-T2"), ("PF02", MOBILITE, "2005-T2"),
        ("PF03", ASSISTANCE, "2005-T2"), ("PF03", MOBILITE, "2005-T2"),
    }  # fmt: skip
    assert all(one.due == date(2005, 7, 30) for one in first_day)
    later = {one.period for one in obligations_on(network, {}, date(2006, 4, 1)) if one.platform == "PF03"}
    assert later == {"2005-T2", "2005-T3", "2005-T4", "2005"}, "its agreement ends with 2005"


@pytest.mark.parametrize(
    ("day", "ended"), [("2005-03-31", 0), ("2005-04-01", 1), ("2005-06-30", 1), ("2005-12-31", 3), ("2006-01-01", 4)]
)
def test_periods_ended(day: str, ended: int) -> None:
    assert len(list(ended_periods(FORMS[ASSISTANCE], "2005-T1", date.fromisoformat(day)))) == ended


def test_the_late_are_listed_on_days_that_bring_news_only() -> None:
    due = date(2005, 4, 30)
    owed = [Obligation(f"PF{n:02}", ASSISTANCE, "2005-T1", due, None) for n in range(3)]
    judged = {n: judge_day(owed, due + timedelta(days=n)).late for n in range(-10, 8)}
    assert [n for n, late in judged.items() if late] == [1, 3, 7]
    assert all(len(late) == 3 for late in judged.values() if late)


days_of_2005 = st.dates(date(2005, 1, 1), date(2006, 12, 31))


@given(st.lists(st.tuples(st.sampled_from([f"PF{n:02}" for n in range(4)]), days_of_2005, st.none() | days_of_2005)))
def test_reminders_are_the_ladders_days_before_the_first_arrival(drawn: list[tuple[str, date, date | None]]) -> None:
    """A platform is reminded of each form on each day of its ladder until the day that begins with it accepted."""
    owed = [Obligation(platform, ASSISTANCE, f"n{n}", due, first) for n, (platform, due, first) in enumerate(drawn)]
    expected = {
        (one.platform, one.period, one.due + timedelta(days=step))
        for one in owed
        for step in LADDER
        if one.first_accepted is None or one.due + timedelta(days=step) <= one.first_accepted
    }
    said: set[tuple[str, str, date]] = set()
    for day in sorted({one.due + timedelta(days=n) for one in owed for n in (*LADDER, 1, 5)}):
        judged = judge_day(owed, day)
        said |= {(platform, one.period, day) for platform, due in judged.to_remind.items() for one in due}
        assert all(one.due + timedelta(days=1) == day for one in judged.missed)
        assert {one.period for one in judged.approaching} <= {p for _, p, on in said if on == day}
    assert said == expected
