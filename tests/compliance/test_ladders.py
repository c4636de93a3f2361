"""The ladder of reminders as a setting: from when it holds, how insistent it is, and who may not set what."""

from datetime import date
from typing import Any

import pytest

from services.compliance.domain.ladders import USUAL, Ladder, Ladders, faults_of
from tests.compliance.test_deadlines import FORM, live
from tests.shared.house import House


def test_that_of_the_exchange_format_holds_until_another_is_set() -> None:
    assert list(USUAL.steps) == [-10, -3, 0, 3, *range(7, 92, 7)]
    levels = {1: [-10, -3, 0], 2: [3, 7, 14, 21], 3: [28, 35, 42, 49, 56, 63, 70, 77, 84, 91]}
    assert {level: [day for day, of in USUAL.steps.items() if of == level] for level in levels} == levels


def test_of_several_the_latest_to_begin_holds_then_the_last_set() -> None:
    one, other, third = (Ladder(date(*day), {n: 1}) for n, day in enumerate(((2005, 5, 1), (2006, 1, 1), (2005, 5, 1))))
    ladders = Ladders([one, other, third])
    assert [ladders.at(date(*day)) for day in ((2005, 4, 30), (2005, 5, 1), (2005, 12, 31), (2006, 1, 1))] == [
        USUAL, third, third, other,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "faults"), [({}, 1), ({-91: 1, 366: 3}, 1), ({0: 2}, 1), ({5: 4}, 1), ({-5: 1, 0: 1, 365: 3}, 0)]
)
def test_what_is_no_ladder(steps: dict[int, int], faults: int) -> None:
    assert len(faults_of(steps)) == faults


@pytest.mark.infra
async def test_reminders_follow_the_ladder_that_holds_on_their_due_day(house: House) -> None:
    await house.put_registry()
    await live(house, "2005-04-01", "2005-04-02")
    wanted = {"valid_from": "2005-07-01", "steps": {"-5": 1, "2": 2, "9": 3}, "reason": "avis du conseil"}
    assert (await house.http.post("/api/v1/ladders", json=wanted, headers=house.admin)).status_code == 204
    impossible: tuple[dict[str, Any], ...] = ({"reason": " "}, {"steps": {}}, {"steps": {"0": 3}})
    for wrong in impossible:
        refused = await house.http.post("/api/v1/ladders", json={**wanted, **wrong}, headers=house.admin)
        assert refused.status_code == 422
    await live(house, "2005-04-03", "2005-08-10")
    reminders: list[Any] = list(await house.said("compliance", "ReminderDue"))
    found = {
        period: [(one.step, one.level) for event in reminders if event.platform == "PF01" for one in event.owed
                 if (one.form, one.period) == (FORM, period)]
        for period in ("2005-T1", "2005-T2")
    }  # fmt: skip
    assert found["2005-T1"] == list(USUAL.steps.items()), "due before the new one holds"
    assert found["2005-T2"] == [(-5, 1), (2, 2), (9, 3)]
    shown = (await house.http.get("/api/v1/ladders", headers=house.admin)).json()
    assert [(one["steps"], one["reason"]) for one in shown] == [({"-5": 1, "2": 2, "9": 3}, "avis du conseil")]


@pytest.mark.infra
async def test_the_page_sets_and_refuses(house: House) -> None:
    await house.put_registry()
    html = {"Accept": "text/html", **house.admin}
    path = "/echeances/echelle"
    values = {"valid_from": "2005-07-01", "level1": "-5 0", "level2": "−2, 9", "level3": "", "reason": "conseil"}
    refused = await house.http.post(path, data=values, headers=html)
    assert refused.status_code == 422 and "on rappelle sans relancer" in refused.text
    for wrong in ({"level1": "cinq"}, {"level1": "5 5"}, {"valid_from": ""}, {"reason": ""}):
        assert (await house.http.post(path, data={**values, "level2": "9", **wrong}, headers=html)).status_code == 422
    done = await house.http.post(path, data={**values, "level2": "2, 9"}, headers=html)
    assert done.status_code == 303
    assert "conseil" in (await house.http.get(path, headers=html)).text
