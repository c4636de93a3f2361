"""How obligations stand, and the rates of what has come: worked out by hand on a network of three platforms."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.compliance.domain.ics import DayEvent, calendar_text
from shared.clock import noon
from shared.events import SubmissionAccepted, SubmittedLine, WarningsExplained
from shared.hearing import Hearing
from tests.compliance.test_deadlines import FORM, live, told
from tests.shared.house import House

MOBILITE = "mobilite-trimestriel"


def filed(platform: str, day: str, *members: str, version: int = 1, form: str = FORM, confirm: bool = False) -> Any:
    on = date.fromisoformat(day)
    lines = tuple(SubmittedLine(line=n, member=code, department="35", values={}) for n, code in enumerate(members, 2))
    return SubmissionAccepted(
        submission=UUID(int=version), platform=platform, form=form, period="2005-T1", received_at=noon(on),
        received_on=on, door="http", file_name="a.csv", sha256="0" * 64, version=version, lines=lines,
        to_confirm=confirm,
    )  # fmt: skip


def explained(platform: str, revision: int, *, confirm: bool, version: int = 2) -> WarningsExplained:
    return WarningsExplained(
        submission=UUID(int=version), platform=platform, form=FORM, period="2005-T1", version=version,
        revision=revision, explained=(), to_confirm=confirm,
    )  # fmt: skip


async def lived(house: House) -> None:
    """PF01: assistance in time without CIL02, corrected late with everybody; mobilité late. PF03: assistance in time,
    to be confirmed. PF02, mobilité, and PF03, mobilité, nothing."""
    await house.put_registry()
    await house.issue("PF01", "PF02")
    await house.issue_to_members("CIL01")
    await live(
        house, "2005-04-01", "2005-05-20",
        filed("PF01", "2005-04-20", "CIL01", "CCI03", confirm=True),
        filed("PF01", "2005-05-03", "CIL01", "CIL02", "CCI03", version=2, confirm=True),
        filed("PF01", "2005-05-10", "CIL01", form=MOBILITE),
        filed("PF03", "2005-04-30", "CIL05", confirm=True),
    )  # fmt: skip


async def obligations(house: House, who: dict[str, str] | None = None) -> dict[tuple[str, str], Any]:
    shown = (await house.http.get("/api/v1/obligations?year=2005", headers=who or house.admin)).json()
    return {(one["platform"], one["form"]): one for one in shown}


@pytest.mark.infra
async def test_states_corrections_confirmation_and_completeness(house: House) -> None:
    await lived(house)
    found = await obligations(house)
    told = {
        key: (one["state"], one["versions"], one["corrected"], one["to_confirm"], one["complete"],
              one["missing_members"])
        for key, one in found.items()
    }  # fmt: skip
    assert told == {
        ("PF01", FORM): ("on_time", 2, True, True, True, []),
        ("PF01", MOBILITE): ("late", 1, False, False, False, ["CIL02"]),
        ("PF02", MOBILITE): ("missing", 0, False, False, False, ["CIL04"]),
        ("PF03", FORM): ("on_time", 1, False, True, False, ["CIL06"]),
        ("PF03", MOBILITE): ("missing", 0, False, False, False, ["CIL05"]),
    }
    assert (await obligations(house, house.of("PF02"))).keys() == {("PF02", MOBILITE)}
    assert await obligations(house, house.of("CIL01")) == {}


@pytest.mark.infra
async def test_what_is_explained_no_longer_waits_in_whatever_order_it_is_heard(house: House) -> None:
    await lived(house)
    hearing = Hearing(house.rooms["compliance"])
    for event, waits in (
        (explained("PF01", 1, confirm=False, version=1), True),  # of a version that was replaced
        (explained("PF01", 2, confirm=False), False),
        (explained("PF01", 1, confirm=True), False),  # said before, heard after
        (explained("PF01", 3, confirm=True), True),
    ):
        await hearing.hear([told(event)])
        assert (await obligations(house))["PF01", FORM]["to_confirm"] is waits
    await hearing.hear([told(filed("PF01", "2005-04-20", "CIL01", version=1))])
    assert (await obligations(house))["PF01", FORM]["missing_members"] == [], "an older version changes nothing"


async def rates(house: House, who: dict[str, str] | None = None, **query: str) -> dict[str, tuple[int, ...]]:
    answer = await house.http.get("/api/v1/obligations/rates", params=query, headers=who or house.admin)
    assert answer.status_code == 200, answer.text
    return {one["key"]: (one["due"], one["received"], one["on_time"], one["complete"]) for one in answer.json()}


@pytest.mark.infra
async def test_rates_by_every_dimension(house: House) -> None:
    await lived(house)
    assert await rates(house) == {"PF01": (2, 2, 1, 1), "PF02": (1, 0, 0, 0), "PF03": (2, 1, 1, 0)}
    assert await rates(house, by="service") == {"assistance": (2, 2, 2, 1), "mobilite": (3, 1, 0, 0)}
    assert await rates(house, by="form") == {FORM: (2, 2, 2, 1), MOBILITE: (3, 1, 0, 0)}
    assert await rates(house, by="period") == {"2005-T1": (5, 3, 2, 1)}
    assert await rates(house, by="year") == {"2005": (5, 3, 2, 1)}
    assert await rates(house, by="member") == {
        "CIL01": (2, 2, 1, 2), "CIL02": (2, 1, 1, 1), "CCI03": (1, 1, 1, 1), "CIL04": (1, 0, 0, 0),
        "CIL05": (2, 1, 1, 1), "CIL06": (1, 0, 0, 0),
    }  # fmt: skip
    assert await rates(house, by="form", member="CIL01") == {FORM: (1, 1, 1, 1), MOBILITE: (1, 1, 0, 1)}
    assert await rates(house, by="platform", service="mobilite") == {
        "PF01": (1, 1, 0, 0), "PF02": (1, 0, 0, 0), "PF03": (1, 0, 0, 0),
    }  # fmt: skip
    assert await rates(house, house.of("PF02")) == {"PF02": (1, 0, 0, 0)}
    assert await rates(house, year="2004") == {}
    shares = (await house.http.get("/api/v1/obligations/rates", headers=house.admin)).json()[0]
    assert (shares["reporting"], shares["punctuality"]) == (1.0, 0.5)


@pytest.mark.infra
async def test_nothing_counts_before_its_deadline_is_over(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01")
    await live(house, "2005-04-01", "2005-04-30", filed("PF01", "2005-04-20", "CIL01"))
    assert await rates(house) == {}
    await live(house, "2005-05-01", "2005-05-01")
    assert (await rates(house))["PF01"] == (2, 1, 1, 0)


@pytest.mark.infra
async def test_the_pages_show_and_open(house: House) -> None:
    await lived(house)
    html = {"Accept": "text/html", **house.admin}
    matrix = (await house.http.get("/echeances", headers=html)).text
    assert all(text in matrix for text in ("corrigé, version 2", "à confirmer", "incomplet", "CIL02"))
    page = (await house.http.get("/echeances/taux?by=platform&year=2005", headers=html)).text
    assert "50,0&nbsp;%" in page and "platform=PF01" in page
    drilled = (await house.http.get("/echeances/taux?by=period&platform=PF03&year=2005", headers=html)).text
    assert "CIL06" in drilled and "CIL02" not in drilled
    for by in ("member", "service", "form", "period", "year"):
        assert (await house.http.get(f"/echeances/taux?by={by}", headers=html)).status_code == 200


def unfolded(text: str) -> list[str]:
    """RFC 5545: lines of at most 75 octets, each ended by CRLF, unfolded; refuses what is no such text."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    found: list[str] = []
    for line in lines:
        if line.startswith(" "):
            found[-1] += line[1:]
        else:
            found.append(line)
    return found


def events_of(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    lines = unfolded(text)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1][name.split(";")[0]] = value
    assert all({"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"} <= event.keys() for event in found)
    assert len({event["UID"] for event in found}) == len(found)
    return found


def test_a_calendar_is_written_as_the_rfc_says() -> None:
    summary = "Échéance : « éèàç », ; \\ fin" * 6
    event = DayEvent("a@b", date(2005, 12, 31), summary, "un\ndeux", 1, "http://x.example/")
    text = calendar_text("Réseau; tout", [event], datetime(2005, 1, 1, 12, tzinfo=UTC))
    (read,) = events_of(text)
    assert (read["DTSTART"], read["DTEND"], read["DTSTAMP"]) == ("20051231", "20060101", "20050101T120000Z")
    assert read["DESCRIPTION"] == "un\\ndeux"
    plain = read["SUMMARY"].replace("\\\\", "\0").replace("\\,", ",").replace("\\;", ";").replace("\0", "\\")
    assert plain == summary


@pytest.mark.infra
async def test_a_feed_is_read_by_whoever_has_its_address_until_another_is_made(house: House) -> None:
    await lived(house)

    async def address(who: str | None) -> str:
        headers = house.of(who) if who else house.admin
        page = await house.http.post("/echeances/calendrier", headers={"Accept": "text/html", **headers})
        assert page.status_code == 200
        return page.text.split("<code>")[1].split("</code>")[0]

    own, whole = await address("PF01"), await address(None)
    answer = await house.http.get(own)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = {event["UID"]: event for event in events_of(answer.text)}
    first = events[f"{FORM}-2005-T1-PF01@pilotage"]
    assert (first["DTSTART"], first["SUMMARY"][0]) == ("20050430", "✓")
    assert events["satisfaction-2005-PF01@pilotage"]["DTSTART"] == "20060214"
    assert events[f"{FORM}-2005-T4-PF01@pilotage"]["DTSTART"] == "20060130", "what will be owed is there, too"
    assert all("PF01" in uid for uid in events)
    wanted = {"platform": "PF01", "form": FORM, "period": "2005-T1", "until": "2005-06-10", "reason": "grève"}
    assert (await house.http.post("/api/v1/extensions", json=wanted, headers=house.admin)).status_code == 204
    moved = {event["UID"]: event for event in events_of((await house.http.get(own)).text)}
    assert moved[f"{FORM}-2005-T1-PF01@pilotage"]["DTSTART"] == "20050610"
    assert int(moved[f"{FORM}-2005-T1-PF01@pilotage"]["SEQUENCE"]) > int(first["SEQUENCE"])
    shown = (await house.http.get(whole)).text
    assert "PF01" not in shown and "(1/1)" in shown
    assert (await house.http.get(whole.replace("/echeances.ics", "x/echeances.ics"))).status_code == 404
    again = await address("PF01")
    assert (await house.http.get(own)).status_code == 404
    assert (await house.http.get(again)).status_code == 200
    member = await house.http.post("/echeances/calendrier", headers=house.of("CIL01"))
    assert member.status_code == 403
