"""Deadlines extended, periods closed and reopened: what follows, everywhere it must."""

from datetime import date
from typing import Any

import pytest

from services.compliance.domain.closing import ClosingRule, closed_from, months_after, rule_for
from services.compliance.domain.extensions import DueDays, Extension
from shared.forms import FORMS
from shared.periods import Period
from shared.report import french
from tests.compliance.test_deadlines import FORM, accepted, days_of, live
from tests.shared.house import House

CSV = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\n"
LINES = CSV + "CIL01;4;2;1\nCIL02;0;0;0\nCCI03;1;0;0\n"


def on(text: str) -> date:
    return date.fromisoformat(text)


def due(*decided: tuple[str, str | None, str], platform: str = "PF01", before: str | None = None) -> str:
    known = [Extension(whose, FORM, "2005-T1", until and on(until), on(day)) for whose, until, day in decided]  # type: ignore[arg-type]
    days = DueDays.of(known, before and on(before))  # type: ignore[arg-type]
    return str(days.due(platform, FORMS[FORM], Period(2005, 1)))


def test_the_last_decision_stands_for_one_or_for_all() -> None:
    assert due() == "2005-04-30"
    assert due(("PF01", "2005-05-15", "2005-04-20")) == "2005-05-15"
    assert due(("PF02", "2005-05-15", "2005-04-20")) == "2005-04-30"
    assert due(("", "2005-05-15", "2005-04-20")) == "2005-05-15"
    assert due(("", "2005-05-15", "2005-04-20"), ("PF01", "2005-05-31", "2005-04-21")) == "2005-05-31"
    assert due(("PF01", "2005-05-31", "2005-04-20"), ("", "2005-05-15", "2005-04-21")) == "2005-05-15"
    assert due(("PF01", "2005-05-31", "2005-04-20"), ("PF01", None, "2005-04-21")) == "2005-04-30"
    assert due(("PF01", "2005-04-10", "2005-04-01")) == "2005-04-30", "never before the form's own"


def test_a_day_counts_what_was_decided_before_it_began() -> None:
    decided = ("PF01", "2005-05-31", "2005-04-27")
    assert due(decided, before="2005-04-27") == "2005-04-30"
    assert due(decided, before="2005-04-28") == "2005-05-31"


# Due day, months: the first day on which nothing more is received, worked out by hand.
CLOSED = [
    ("2005-04-30", 0, "2005-05-01"), ("2005-04-30", 1, "2005-05-31"), ("2005-01-30", 1, "2005-03-01"),
    ("2004-01-30", 1, "2004-03-01"), ("2005-01-30", 13, "2006-03-01"), ("2003-01-30", 13, "2004-03-01"),
    ("2005-10-30", 6, "2006-05-01"), ("2005-07-30", 12, "2006-07-31"), ("2005-02-14", 6, "2005-08-15"),
    ("2005-08-31", 6, "2006-03-01"), ("2007-08-31", 6, "2008-03-01"), ("2005-12-31", 2, "2006-03-01"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "months", "closed"), CLOSED)
def test_a_period_closes_so_many_months_after_its_deadline(day: str, months: int, closed: str) -> None:
    assert str(closed_from(on(day), ClosingRule(on("2000-01-01"), months))) == closed


def test_of_the_rules_the_latest_to_begin_holds() -> None:
    rules = [ClosingRule(on("2005-01-01"), 6), ClosingRule(on("2006-01-01"), None), ClosingRule(on("2005-01-01"), 3)]
    held = [rule_for(rules, Period(*of)) for of in ((2004, 4), (2005, 1), (2005, None), (2006, 1))]
    assert [one and one.months for one in held] == [None, 3, 3, None]
    assert held[0] is None and closed_from(on("2006-04-30"), held[3]) is None
    assert str(months_after(on("2004-02-29"), 12)) == "2005-02-28"


async def decide(house: House, what: str, status: int = 204, **wanted: Any) -> Any:
    body = {"form": FORM, "period": "2005-T1", "reason": "un motif", **wanted}
    answer = await house.http.post(f"/api/v1/{what}", json=body, headers=house.admin)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def states(house: House) -> dict[str, tuple[str, str]]:
    shown = (await house.http.get("/api/v1/obligations", headers=house.admin)).json()
    return {one["platform"]: (one["due"], one["state"]) for one in shown if one["form"] == FORM}


@pytest.mark.infra
async def test_reminders_and_states_follow_an_extension(house: House) -> None:
    await house.put_registry()
    await live(house, "2005-04-01", "2005-04-25")
    await decide(house, "extensions", platform="PF01", until="2005-05-20")
    await live(house, "2005-04-26", "2005-05-27", accepted("PF03", "2005-05-02"))
    reminders: list[Any] = list(await house.said("compliance", "ReminderDue"))
    steps = {
        platform: [(str(event.day), one.step) for event in reminders if event.platform == platform
                   for one in event.owed if one.form == FORM]
        for platform in ("PF01", "PF03")
    }  # fmt: skip
    assert steps["PF01"] == [("2005-04-20", -10), ("2005-05-10", -10), ("2005-05-17", -3), ("2005-05-20", 0),
                             ("2005-05-23", 3), ("2005-05-27", 7)]  # fmt: skip
    assert steps["PF03"] == [("2005-04-20", -10), ("2005-04-27", -3), ("2005-04-30", 0)]
    missed = await house.said("compliance", "DeadlineMissed")
    assert days_of(missed, "PF01") == ["2005-05-21"]
    assert await states(house) == {"PF01": ("2005-05-20", "missing"), "PF03": ("2005-04-30", "late")}
    await decide(house, "extensions", platform="PF03", until="2005-06-01")
    assert (await states(house))["PF03"] == ("2005-06-01", "on_time"), "given more time afterwards"
    said: list[Any] = list(await house.said("compliance", "DeadlineExtended"))
    assert [(one.platform, str(one.due), str(one.ordinary_due), one.reason) for one in said] == [
        ("PF01", "2005-05-20", "2005-04-30", "un motif"), ("PF03", "2005-06-01", "2005-04-30", "un motif"),
    ]  # fmt: skip


@pytest.mark.infra
async def test_who_comes_within_the_extension_has_met_the_deadline(house: House) -> None:
    await house.put_registry()
    await live(house, "2005-04-01", "2005-04-25")
    await decide(house, "extensions", until="2005-05-20")
    await live(house, "2005-04-26", "2005-05-27", accepted("PF01", "2005-05-20"), accepted("PF03", "2005-05-21"))
    met: list[Any] = list(await house.said("compliance", "DeadlineMet"))
    assert {one.platform: one.late for one in met} == {"PF01": False, "PF03": True}
    assert await states(house) == {"PF01": ("2005-05-20", "on_time"), "PF03": ("2005-05-20", "late")}


_numbers = iter(range(1, 10**6))


async def send(house: House, platform: str = "PF01", period: str = "2005-T1") -> str:
    """Never the same bytes: those that stand already are the same submission."""
    content = LINES.replace("CIL01;4", f"CIL01;{next(_numbers)}").encode()
    answer = await house.http.post(
        "/api/v1/submissions", params={"form": FORM, "period": period}, headers=house.of(platform),
        files={"file": ("a.csv", content)},
    )  # fmt: skip
    return "accepted" if answer.status_code < 300 else "|".join(one["code"] for one in answer.json()["errors"])


@pytest.fixture
async def open_house(house: House) -> House:
    await house.put_registry()
    await house.issue("PF01", "PF03")
    await house.begin(on("2005-04-01"))
    await house.carry()
    return house


async def day(house: House, text: str) -> None:
    await house.begin(on(text))
    await house.carry()


@pytest.mark.infra
async def test_by_the_rule_a_period_closes_and_ingestion_follows(open_house: House) -> None:
    house = open_house
    rule = {"valid_from": "2005-01-01", "months": 1, "reason": "décision du conseil"}
    answer = await house.http.post("/api/v1/closing-rules", json=rule, headers=house.admin)
    assert answer.status_code == 204
    await decide(house, "extensions", platform="PF03", until="2005-05-15")
    await day(house, "2005-05-30")
    assert await send(house) == "accepted"
    await day(house, "2005-05-31")
    assert await send(house) == "period_closed"
    await day(house, "2005-06-15")
    assert "period_closed" not in await send(house, "PF03"), "its deadline was extended: it closes later"
    await day(house, "2005-06-16")
    assert await send(house, "PF03") == "period_closed"
    await decide(house, "closings", platform="PF01", closes=False, day="2005-06-20")
    await day(house, "2005-06-20")
    assert await send(house) == "accepted"
    assert await send(house, "PF03") == "period_closed", "reopened for the other alone"
    await day(house, "2005-06-21")
    assert await send(house) == "period_closed"
    await house.http.post("/api/v1/closing-rules", json={**rule, "months": 3}, headers=house.admin)
    await house.carry()
    assert "period_closed" not in await send(house, "PF03"), "the rule gives more time now"
    assert await send(house) == "period_closed", "what was decided by hand stands"


@pytest.mark.infra
async def test_a_period_is_closed_by_hand_for_all_and_reopened(open_house: House) -> None:
    house = open_house
    await day(house, "2005-05-02")
    await decide(house, "closings", closes=True, day=None)
    await house.carry()
    assert await send(house) == "period_closed"
    validation = await house.http.post(
        "/api/v1/validations", params={"form": FORM, "period": "2005-T1"}, headers=house.of("PF01"),
        files={"file": ("a.csv", LINES.encode())},
    )  # fmt: skip
    assert "period_closed" in validation.text
    await decide(house, "closings", closes=False, day=None)
    await house.carry()
    assert await send(house) == "accepted"
    closings = (await house.http.get("/api/v1/closings", headers=house.of("PF01"))).json()
    assert [one["closed_from"] for one in closings] == [None, "2005-05-02"]


@pytest.mark.infra
@pytest.mark.parametrize(
    ("what", "wanted", "fields"),
    [
        ("extensions", {"until": "2005-04-30"}, ["until"]),
        ("extensions", {"until": "2005-05-01", "reason": " "}, ["reason"]),
        ("extensions", {"until": "2005-05-01", "form": "autre", "period": "2005-T9"}, ["form", "period"]),
        ("extensions", {"until": "2005-05-01", "period": "2005", "platform": "PF77"}, ["period", "platform"]),
        ("extensions", {"until": "2005-05-01", "period": "2004-T4"}, ["period"]),
        ("closings", {"closes": True, "day": "2005-04-30"}, ["closed_from"]),
        ("closings", {"closes": False, "day": "2005-04-01"}, ["until"]),
        ("closings", {"closes": False, "day": None, "period": "2005-T3", "reason": ""}, ["reason", "period"]),
    ],
)  # fmt: skip
async def test_what_may_not_be_decided_is_refused_with_all_its_faults(
    house: House, what: str, wanted: Any, fields: list[str]
) -> None:
    await house.put_registry()
    await house.begin(on("2005-04-15"))
    refused = await decide(house, what, 422, **wanted)
    assert [fault["field"] for fault in refused["errors"]] == fields


@pytest.mark.infra
async def test_the_page_decides_and_shows(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01", "PF02")
    await house.begin(on("2005-04-15"))
    html = {"Accept": "text/html", **house.admin}
    path = "/echeances/decisions"
    values = {"what": "extend", "form": FORM, "period": "2005-T1", "platform": "PF01", "day": "2005-04-01"}
    refused = await house.http.post(path, data=values, headers=html)
    assert refused.status_code == 422 and "Une prolongation va au-delà" in refused.text
    assert 'href="#extend-reason"' in refused.text
    for more in (
        {"day": "2005-05-10", "reason": "grève des postes"},
        {"what": "close", "day": "2005-07-01", "reason": "bilan"},
        {"what": "rule", "day": "2005-01-01", "months": "6", "reason": "conseil"},
    ):
        done = await house.http.post(path, data={**values, **more}, headers=html)
        assert done.status_code == 303, done.text
    shown = (await house.http.get(path, headers=html)).text
    assert all(text in shown for text in ("grève des postes", french.day(on("2005-05-10")), "bilan", "6 mois"))
    own = (await house.http.get(path, headers={"Accept": "text/html", **house.of("PF01")})).text
    others = (await house.http.get(path, headers={"Accept": "text/html", **house.of("PF02")})).text
    assert "grève des postes" in own and "grève des postes" not in others and "<form class" not in own
