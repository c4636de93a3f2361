"""The HTTP door on a real PostgreSQL: receipts, refusals, versions."""

import asyncio
import csv
import hashlib
import io
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.events import SubmissionAccepted, SubmissionRejected
from shared.settings import Settings
from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, accepted, assistance, rejected, send, wrong
from tests.shared.house import House, open_house
from tests.shared.networks import platform, small_network

pytestmark = pytest.mark.infra


async def get(house: House, path: str = "", **params: Any) -> httpx.Response:
    return await house.http.get(f"{ADDRESS}{path}", params=params, headers=house.of("PF01"))


async def kept(house: House) -> list[tuple[int | None, str]]:
    rows = await house.rows("ingestion", "SELECT version, verdict FROM submission ORDER BY number")
    return [(row.version, row.verdict) for row in rows]


async def test_a_right_file_is_taken_and_said(house: House) -> None:
    answer = await send(house, assistance(), name="T1 définitif.csv")
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"{ADDRESS}/{body['id']}"
    sha256 = hashlib.sha256(assistance()).hexdigest()
    expected = {
        "platform": "PF01", "form": FORM, "period": PERIOD, "verdict": "accepted", "version": 1, "door": "http",
        "received_on": "2005-04-05", "file_name": "T1 définitif.csv", "sha256": sha256, "size": len(assistance()),
        "rows_accepted": 3, "rows_refused": 0, "rows_blank": 0, "error_count": 0, "errors": [], "errors_url": None,
    }  # fmt: skip
    assert {name: body[name] for name in expected} == expected
    [event] = await house.said("ingestion", "SubmissionAccepted")
    assert isinstance(event, SubmissionAccepted)
    assert (str(event.submission), event.version, event.sha256) == (body["id"], 1, sha256)
    assert [(line.member, line.department, line.line) for line in event.lines] == [
        ("CIL01", "35", 2), ("CIL02", "2A", 3), ("CCI03", "35", 4),
    ]  # fmt: skip


async def test_the_same_bytes_as_the_standing_version_are_the_same_submission(house: House) -> None:
    first = await accepted(house, assistance())
    for name in ("a.csv", "autre nom.csv"):
        answer = await send(house, assistance(), name=name)
        assert (answer.status_code, answer.json()) == (200, first)
        assert answer.headers["location"] == f"{ADDRESS}/{first['id']}"
    assert await kept(house) == [(1, "accepted")]
    assert len(await house.said("ingestion", "SubmissionAccepted")) == 1


async def test_versions_and_what_stands_between_them(house: House) -> None:
    """Older bytes sent again are a new version; a refused file in between changes nothing."""
    one, two = assistance(1), assistance(2)
    versions = [(await accepted(house, content))["version"] for content in (one, two)]
    assert (await rejected(house, wrong(1)))["version"] is None
    assert (await send(house, two)).status_code == 200
    versions += [(await accepted(house, content))["version"] for content in (one, two)]
    assert versions == [1, 2, 3, 4]
    assert (await send(house, one, period="2004-T4")).status_code == 422
    assert [version for version, _ in await kept(house)] == [1, 2, None, 3, 4, None]
    assert [event.version for event in await house.said("ingestion", "SubmissionAccepted")
            if isinstance(event, SubmissionAccepted)] == [1, 2, 3, 4]  # fmt: skip


async def test_refused_bytes_are_judged_again(house: House) -> None:
    first, second = await rejected(house, wrong(2)), await rejected(house, wrong(2))
    assert first["id"] != second["id"]
    assert first["errors"] == second["errors"]


async def test_each_platform_form_and_period_has_its_own_versions(house: House) -> None:
    await house.begin(date(2005, 7, 1))
    await house.carry()
    nothing = b"organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\nCIL01;0;0;0\nCIL02;0;0;0\n"
    sent = [
        await accepted(house, assistance()),
        await accepted(house, assistance(), period="2005-T2"),
        await accepted(house, nothing, form=MOBILITE),
        await accepted(house, assistance(1, "CIL05", "CIL06"), platform="PF03"),
    ]
    assert [one["version"] for one in sent] == [1, 1, 1, 1]


async def test_a_wrong_file_is_refused_with_every_error(house: House) -> None:
    content = b"organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\n"
    content += b"CIL01;=1+1;-1;0\nCIL99;1;1;1,5\nCIL04;0;0;0\n"
    body = await rejected(house, content)
    assert (body["type"], body["title"], body["status"]) == ("urn:pilotage:rejected", "Demande refusée", 422)
    assert body["detail"] == "Le fichier est refusé : 5\u00a0erreurs."
    assert (body["verdict"], body["version"], body["rows_accepted"], body["rows_refused"]) == ("rejected", None, 0, 3)
    assert [(e["line"], e["column"], e["code"], e["value"]) for e in body["errors"]] == [
        (2, "diagnostics_prealables", "not_a_number", "=1+1"),
        (2, "engagements_reciproques", "negative_value", "-1"),
        (3, "organisme", "unknown_member", "CIL99"),
        (3, "diagnostics_complementaires", "not_an_integer", "1,5"),
        (4, "organisme", "foreign_member", "CIL04"),
    ]
    assert all(error["message"].startswith("Ligne ") for error in body["errors"])
    [event] = await house.said("ingestion", "SubmissionRejected")
    assert isinstance(event, SubmissionRejected)
    assert (event.error_count, len(event.errors)) == (5, 5)
    assert [error.model_dump() for error in event.errors] == body["errors"], "the mail tells what the API tells"
    table = (await get(house, f"/{body['id']}/errors.csv")).text
    assert "'=1+1" in table, "no cell of ours begins a formula"


async def test_three_thousand_errors(house: House) -> None:
    body = await rejected(house, wrong(3000))
    # Line 2 onwards: the value is negative, and from the second on the member has its line already.
    assert body["error_count"] == 3000 + 2999
    assert len(body["errors"]) == 1000
    assert body["errors_url"] == f"{ADDRESS}/{body['id']}/errors.csv"
    answer = await house.http.get(body["errors_url"], headers=house.of("PF01"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == body["error_count"]
    assert {int(row["line"]) for row in rows} == set(range(2, 3002))
    assert [(int(row["line"]), row["column"], row["code"], row["message"]) for row in rows[:1000]] == [
        (error["line"], error["column"], error["code"], error["message"]) for error in body["errors"]
    ]
    again = (await get(house, f"/{body['id']}")).json()
    assert (len(again["errors"]), again["error_count"]) == (1000, 5999)
    [event] = await house.said("ingestion", "SubmissionRejected")
    assert isinstance(event, SubmissionRejected)
    assert (event.error_count, len(event.errors)) == (5999, 50)


_BAD_PERIODS = {
    "2005": "unknown_period",
    "2004-T4": "unknown_period",
    "2005-T2": "period_not_open",
    "": "unknown_period",
    "2005-t1": "unknown_period",
    "2005-T1 ": "unknown_period",
    "x" * 100: "unknown_period",
}


async def test_a_bad_period_is_a_refused_submission_like_any_other(house: House) -> None:
    for period, code in _BAD_PERIODS.items():
        body = await rejected(house, assistance(), period=period)
        assert [(error["line"], error["column"], error["code"]) for error in body["errors"]] == [(None, None, code)]
    assert await kept(house) == [(None, "rejected")] * len(_BAD_PERIODS)


async def test_an_agreement_covers_the_last_day_of_the_period(house: House) -> None:
    platforms = [platform("PF01", until="2005-03-31"), platform("PF02"), platform("PF03", until="2005-03-30")]
    await house.put_registry(small_network(platforms=platforms))
    await house.carry()
    body = await rejected(house, assistance(1, "CIL05", "CIL06"), platform="PF03")
    assert [error["code"] for error in body["errors"]] == ["agreement_expired"]
    await accepted(house, assistance())


async def test_the_original_bytes_come_back_identical(house: House) -> None:
    contents = [assistance(), b"\xef\xbb\xbf" + assistance(3).replace(b"\n", b"\r\n"), wrong(1), bytes(range(256)), b""]
    for content in contents:
        body = (await send(house, content)).json()
        answer = await get(house, f"/{body['id']}/file")
        assert answer.content == content
        assert answer.headers["x-content-sha256"] == hashlib.sha256(content).hexdigest()
        assert answer.headers["content-disposition"] == f'attachment; filename="depot-{body["number"]}"'


async def test_unknown_forms(house: House) -> None:
    for form in ("assistance", "Assistance-trimestriel", "", "../x", "x" * 100):
        answer = await send(house, assistance(), form=form)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:pilotage:unknown_form")
    assert await kept(house) == []


async def test_what_is_missing_is_told(house: House) -> None:
    params = {"form": FORM, "period": PERIOD}
    bare = await house.http.post(ADDRESS, params=params, headers=house.of("PF01"))
    text = await house.http.post(ADDRESS, params=params, headers=house.of("PF01"), data={"file": "x"})
    lone = await house.http.post(ADDRESS, files={"file": b"x"}, headers=house.of("PF01"))
    assert [answer.status_code for answer in (bare, text, lone)] == [422, 422, 422]
    assert {tuple(fault["at"]) for fault in lone.json()["faults"]} == {("query", "form"), ("query", "period")}


async def test_before_any_registry_it_is_not_ready(settings: Settings) -> None:
    async with open_house(settings) as early:
        await early.issue("PF01")
        await early.carry()
        answer = await send(early, assistance())
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        page = await early.http.get("/depots", headers={"Accept": "text/html", **early.of("PF01")})
        assert page.status_code == 200


async def test_twenty_sent_at_once_are_versions_without_a_gap(house: House) -> None:
    contents = [assistance(n) for n in range(20)]
    answers = await asyncio.gather(*(send(house, content) for content in contents))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(1, 21))
    standing = max(zip(answers, contents, strict=True), key=lambda sent: int(sent[0].json()["version"]))[1]
    again = [(await send(house, content)).status_code for content in contents if content == standing]
    assert again == [200], "one stands, the last"
    said = await house.said("ingestion", "SubmissionAccepted")
    assert [getattr(event, "version", 0) for event in said] == list(range(1, 21)), "said in the order of versions"


async def test_the_same_file_sent_twenty_times_at_once_is_one(house: House) -> None:
    answers = await asyncio.gather(*(send(house, assistance()) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await kept(house) == [(1, "accepted")]


async def test_the_list_is_ones_own_the_newest_first(house: House) -> None:
    numbers = [(await accepted(house, assistance(n)))["number"] for n in range(4)]
    await rejected(house, wrong(1))
    await accepted(house, assistance(1, "CIL05", "CIL06"), platform="PF03")
    whole = (await get(house)).json()
    assert (whole["total"], len(whole["submissions"])) == (5, 5)
    page = (await get(house, verdict="accepted", limit=2, offset=1)).json()
    assert (page["total"], [one["number"] for one in page["submissions"]]) == (4, [numbers[2], numbers[1]])
    for wanted in ({"form": MOBILITE}, {"period": "2005-T2"}, {"platform": "PF03"}, {"form": "\x00"}):
        assert (await get(house, **wanted)).json() == {"total": 0, "submissions": []}
    all_of_them = await house.http.get(ADDRESS, headers=house.admin)
    assert all_of_them.json()["total"] == 6


async def test_the_page_takes_a_file_and_shows_its_verdict(house: House) -> None:
    browser = {"Accept": "text/html", **house.of("PF01")}
    form = {"form": FORM, "period": PERIOD, "certified_by": "Zoé d’Été, directrice"}
    for content, said in ((assistance(), "est accepté"), (assistance(), "rien n’a changé"), (wrong(250), "est refusé")):
        answer = await house.http.post("/depots", data=form, files={"file": ("a.csv", content)}, headers=browser)
        assert answer.status_code == 303
        verdict = await house.http.get(answer.headers["location"], headers=browser)
        assert verdict.status_code == 200
        assert said in verdict.text
    second = await house.http.get(answer.headers["location"] + "?page=3", headers=browser)
    assert "-250" in second.text
    listed = await house.http.get("/depots", headers=browser)
    assert listed.text.count("a.csv") == 2
    assert UUID(answer.headers["location"].rsplit("/", 1)[1])
