"""What the days bring, said once, whatever the workers and the repetitions."""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from services.compliance.app import build
from shared.clock import noon
from shared.events import DeadlineMet, ReceptionClosed, SubmissionAccepted, SubmissionRejected
from shared.hearing import Hearing
from tests.shared.house import House
from tests.shared.networks import small_network
from tests.shared.records import Raw, record_of

pytestmark = pytest.mark.infra

FORM = "assistance-trimestriel"


def accepted(platform: str, day: str, version: int = 1, *, form: str = FORM, period: str = "2005-T1") -> Any:
    on = date.fromisoformat(day)
    return SubmissionAccepted(
        submission=UUID(int=version), platform=platform, form=form, period=period, received_at=noon(on), received_on=on,
        door="http", file_name="a.csv", sha256="0" * 64, version=version, lines=(),
    )  # fmt: skip


def rejected(platform: str, day: str) -> SubmissionRejected:
    on = date.fromisoformat(day)
    return SubmissionRejected(
        submission=UUID(int=9), platform=platform, form=FORM, period="2005-T1", received_at=noon(on), received_on=on,
        door="http", file_name="a.csv", sha256="0" * 64, error_count=1, errors=(),
    )  # fmt: skip


_offset = iter(range(10**9))


def told(event: Any, partition: int = 0) -> Raw:
    return record_of(event, next(_offset), partition=partition)


def closings(start: str, end: str, received: dict[str, int] | None = None) -> list[Raw]:
    first, last = date.fromisoformat(start).toordinal(), date.fromisoformat(end).toordinal()
    days = [date.fromordinal(n) for n in range(first, last + 1)]
    return [told(ReceptionClosed(day=day, submissions=(received or {}).get(str(day), 0))) for day in days]


async def live(house: House, start: str, end: str, *sent: Any) -> list[Raw]:
    """Days go by from start to end; returns what was heard of them."""
    await house.begin(date.fromisoformat(start))
    await house.begin(date.fromisoformat(end))
    received = Counter(str(event.received_on) for event in sent)
    records = [told(event, n % 3) for n, event in enumerate(sent)] + closings("2005-03-31", end, received)
    hearing = Hearing(house.rooms["compliance"])
    await hearing.hear(records)
    await hearing.work_days()
    return records


def days_of(events: list[Any], platform: str, form: str = FORM) -> list[str]:
    return [str(event.day) for event in events if event.platform == platform and event.form == form]


async def test_a_platform_that_sends_nothing_is_told_on_each_day_of_the_ladder(house: House) -> None:
    await house.put_registry()
    await live(house, "2005-04-01", "2005-08-02")
    approaching = await house.said("compliance", "DeadlineApproaching")
    missed = await house.said("compliance", "DeadlineMissed")
    first = [event for event in approaching if getattr(event, "period", "") == "2005-T1"]
    for platform, form in (("PF01", FORM), ("PF02", "mobilite-trimestriel"), ("PF03", "mobilite-trimestriel")):
        assert days_of(first, platform, form) == ["2005-04-20", "2005-04-27", "2005-04-30"]
        assert days_of(missed, platform, form) == ["2005-05-01", "2005-07-31"]
    assert days_of(missed, "PF02") == [], "none of its members performs assistance"
    reminders: list[Any] = list(await house.said("compliance", "ReminderDue"))
    steps = [one.step for event in reminders if event.platform == "PF01" for one in event.owed
             if (one.form, one.period) == (FORM, "2005-T1")]  # fmt: skip
    assert steps == [-10, -3, 0, 3, *range(7, 92, 7)]
    late: list[Any] = list(await house.said("compliance", "LateListed"))
    assert [str(event.day) for event in late][:4] == ["2005-05-01", "2005-05-03", "2005-05-07", "2005-05-14"]
    assert len(late[0].late) == 5


async def test_who_has_sent_is_left_in_peace_from_the_next_day_on(house: House) -> None:
    await house.put_registry()
    sent = (accepted("PF01", "2005-04-26"), accepted("PF03", "2005-04-27"), rejected("PF02", "2005-04-22"))
    await live(house, "2005-04-01", "2005-05-08", *sent)
    approaching = await house.said("compliance", "DeadlineApproaching")
    assert days_of(approaching, "PF01") == ["2005-04-20"]
    assert days_of(approaching, "PF03") == ["2005-04-20", "2005-04-27"]
    assert days_of(approaching, "PF02", "mobilite-trimestriel") == ["2005-04-20", "2005-04-27", "2005-04-30"]


async def test_met_is_said_once_by_whichever_comes_first(house: House) -> None:
    await house.put_registry()
    sent = [accepted("PF01", "2005-04-26", 1), accepted("PF01", "2005-05-09", 2), accepted("PF03", "2005-05-01", 1)]
    records = await live(house, "2005-04-01", "2005-05-12", *sent, rejected("PF01", "2005-04-10"))
    await Hearing(house.rooms["compliance"]).hear(records)
    met = {event.platform: event for event in await house.said("compliance", "DeadlineMet")
           if isinstance(event, DeadlineMet)}  # fmt: skip
    assert len(await house.said("compliance", "DeadlineMet")) == len(met) == 2
    assert (met["PF01"].first_accepted, met["PF01"].late) == (date(2005, 4, 26), False)
    assert (met["PF03"].first_accepted, met["PF03"].late) == (date(2005, 5, 1), True)
    assert met["PF01"].due == date(2005, 4, 30)


async def test_parallel_workers_and_repetitions_say_everything_once(house: House) -> None:
    await house.put_registry()
    await house.begin(date(2005, 4, 1))
    await house.begin(date(2005, 5, 8))
    sent = [accepted("PF01", "2005-04-26"), accepted("PF03", "2005-04-29", form="mobilite-trimestriel")]
    records = [told(event, n) for n, event in enumerate(sent)]
    records += closings("2005-03-31", "2005-05-07", {"2005-04-26": 1, "2005-04-29": 1})
    workers = [Hearing(house.rooms["compliance"]), Hearing(build(house.settings)), Hearing(house.rooms["compliance"])]
    await asyncio.gather(*(worker.hear(records) for worker in workers))
    await asyncio.gather(*(worker.work_days() for worker in workers))
    await workers[1].room.database.close()
    said = [(type(event).__name__, event.model_dump_json()) for event in await house.said("compliance")]
    assert [one for one, times in Counter(said).items() if times > 1] == []
    kinds = Counter(kind for kind, _ in said)
    assert kinds["DeadlineMissed"] == 3
    assert kinds["DeadlineMet"] == 2
    assert kinds["LateListed"] == 3
    assert kinds["ReminderDue"] == 15, "three platforms that still owe something, on five days"


async def test_before_any_registry_nobody_owes(house: House) -> None:
    await live(house, "2005-04-01", "2005-05-02")
    kinds = {type(event).__name__ for event in await house.said("compliance")}
    assert kinds == {"DayBegan"}


async def test_obligations_as_json_and_csv_each_its_own(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01", "PF02")
    await live(house, "2005-04-01", "2005-05-02", accepted("PF01", "2005-04-26"), accepted("PF03", "2005-05-01"))
    address = "/api/v1/obligations"
    whole = (await house.http.get(address, headers=house.admin)).json()
    states = {(one["platform"], one["form"]): one["state"] for one in whole}
    assert states == {
        ("PF01", FORM): "on_time", ("PF01", "mobilite-trimestriel"): "missing", ("PF03", FORM): "late",
        ("PF02", "mobilite-trimestriel"): "missing", ("PF03", "mobilite-trimestriel"): "missing",
    }  # fmt: skip
    own = (await house.http.get(address, headers=house.of("PF02"))).json()
    assert own == [one for one in whole if one["platform"] == "PF02"]
    text = (await house.http.get(f"{address}?format=csv", headers=house.of("PF01"))).text
    assert text.splitlines() == [
        "platform,form,period,due,first_accepted,state",
        f"PF01,{FORM},2005-T1,2005-04-30,2005-04-26,on_time",
        "PF01,mobilite-trimestriel,2005-T1,2005-04-30,,missing",
    ]
    page = await house.http.get("/echeances", headers={"Accept": "text/html", **house.admin})
    assert page.status_code == 200
    assert "manquant" in page.text


async def test_no_cell_of_the_csv_runs_in_a_spreadsheet(house: House) -> None:
    document = json.dumps(small_network()).replace("PF02", "=PF02")
    await house.put_registry(json.loads(document))
    await live(house, "2005-04-01", "2005-04-02")
    text = (await house.http.get("/api/v1/obligations?format=csv", headers=house.admin)).text
    assert "'=PF02,mobilite-trimestriel,2005-T1,2005-04-30,,pending" in text.splitlines()


async def test_outside_a_simulation_the_day_is_the_clocks_in_paris(house: House) -> None:
    await house.put_registry(small_network())
    house.app.state.settings = house.settings.model_copy(update={"simulation": False})
    for moment, expected in ((time(21, 59, 59), "pending"), (time(22, 0), "missing")):
        now = datetime.combine(date(2005, 4, 30), moment, UTC)
        house.app.state.clock = lambda now=now: now
        shown = (await house.http.get("/api/v1/obligations", headers=house.admin)).json()
        assert {one["state"] for one in shown} == {expected}


async def test_obligations_before_any_registry_are_not_ready(house: House) -> None:
    assert (await house.http.get("/api/v1/obligations", headers=house.admin)).status_code == 503
