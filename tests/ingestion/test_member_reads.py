"""A member reads every line filed in its name, whoever filed it, and nothing else; it writes nothing."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from services.ingestion.domain.signing import read_statement
from services.ingestion.handlers import begin_day_and_purge
from shared.events import DayBegan
from shared.settings import Settings
from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, accepted, assistance, rejected, send, wrong
from tests.ingestion.test_versions import CASE_FORM, cases, lines
from tests.shared.house import House, open_house
from tests.shared.networks import member, small_network

pytestmark = pytest.mark.infra

LINES = "/api/v1/lines"
ROOMS = ("compliance", "ingestion", "aggregation")
PAGE = {"Accept": "text/html"}


def moving_network() -> dict[str, Any]:
    """CIL01 belongs to PF01 for one service and to PF03 for the other; CIL0's code is part of its own."""
    document = small_network()
    first = document["members"][0]
    first["memberships"][1]["platform"] = "PF03"
    return {**document, "members": [*document["members"], member("CIL0", "PF01")]}


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings, ROOMS) as house:
        await house.put_registry(moving_network())
        await house.issue("PF01", "PF02", "PF03")
        await house.issue_to_members("CIL01", "CIL02", "CIL05", "CIL0")
        await house.begin(date(2005, 4, 5))
        await house.carry()
        yield house


async def read(house: House, who: str = "CIL01", **params: Any) -> list[dict[str, Any]]:
    answer = await house.http.get(LINES, params=params, headers=house.of(who))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["lines"]
    return found


async def filed(house: House) -> dict[str, str]:
    """Two versions by one platform, the second without CIL02; one by another platform."""
    header = "organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\n"
    mobilite = f"{header}CIL01;3;2;100,10\nCIL05;1;1;50\n".encode()
    return {
        "first": (await accepted(house, lines("CIL01;1;2;3;", "CIL02;4;5;6;")))["id"],
        "second": (await accepted(house, lines("CIL0;0;0;0;", "CIL01;7;2;3;")))["id"],
        "other": (await accepted(house, mobilite, platform="PF03", form=MOBILITE))["id"],
    }


async def test_every_line_in_its_name_whoever_filed_it(house: House) -> None:
    sent = await filed(house)
    found = await read(house)
    assert [(one["submission"], one["platform"], one["version"], one["stands"], one["line"]) for one in found] == [
        (sent["second"], "PF01", 2, True, 3),
        (sent["first"], "PF01", 1, False, 2),
        (sent["other"], "PF03", 1, True, 2),
    ]
    assert {one["member"] for one in found} == {"CIL01"}
    assert found[2]["values"]["montant_facture_ht"] == "100.10"
    assert [one["submission"] for one in await read(house, standing=True)] == [sent["second"], sent["other"]]
    assert [one["submission"] for one in await read(house, platform="PF03")] == [sent["other"]]
    assert [one["submission"] for one in await read(house, form=FORM, period=PERIOD, standing=True)] == [sent["second"]]
    assert len(await read(house, "CIL0")) == 1


async def test_a_line_left_out_of_the_newest_version_stands_no_more(house: House) -> None:
    sent = await filed(house)
    assert [(one["submission"], one["stands"]) for one in await read(house, "CIL02")] == [(sent["first"], False)]
    assert await read(house, "CIL02", standing=True) == []


async def test_it_finds_nobody_elses(house: House) -> None:
    sent = await filed(house)
    assert await read(house, member="CIL02") == await read(house), "it looks for its own name alone"
    assert await read(house, "CIL02", submission=sent["second"]) == []
    for asked in ({"submission": str(uuid4())}, {"platform": "PF02"}, {"form": "x"}, {"period": "x"}):
        assert await read(house, **asked) == []
    for submission in (sent["second"], sent["other"], str(uuid4())):
        answer = await house.http.get(f"{LINES}.csv", params={"submission": submission}, headers=house.of("CIL02"))
        assert answer.status_code == 404
        page = await house.http.get(f"/mes-lignes/{submission}", headers={**PAGE, **house.of("CIL02")})
        assert page.status_code == 404


async def test_platforms_and_the_admin_read_lines_too_each_its_own(house: House) -> None:
    sent = await filed(house)
    assert {one["submission"] for one in await read(house, "PF03")} == {sent["other"]}
    assert await read(house, "PF02") == []
    assert len(await read(house, "PF01")) == 4
    answer = await house.http.get(LINES, params={"member": "CIL01"}, headers=house.admin)
    assert answer.json()["total"] == 3
    assert (await house.http.get(LINES)).status_code == 401


async def test_its_lines_as_csv_and_on_pages(house: House) -> None:
    sent = await filed(house)
    answer = await house.http.get(f"{LINES}.csv", params={"submission": sent["second"]}, headers=house.of("CIL01"))
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["line", "organisme", "departement", "diagnostics_prealables", "engagements_reciproques",
         "diagnostics_complementaires", "commentaire"],
        ["3", "CIL01", "35", "7", "2", "3", ""],
    ]  # fmt: skip
    asked = {**PAGE, **house.of("CIL01")}
    standing, everything = [
        (await house.http.get(f"/mes-lignes{query}", headers=asked)).text for query in ("", "?toutes=1")
    ]
    assert sent["first"] not in standing
    assert all(submission in everything for submission in sent.values())
    assert "Membre CIL01" in standing
    page = (await house.http.get(f"/mes-lignes/{sent['first']}", headers=asked)).text
    assert "ne comptent plus" in page
    assert "CIL02" not in page
    assert (await house.http.get("/depots", headers=asked)).headers["location"] == "/mes-lignes"
    assert (await house.http.get("/mes-lignes", headers={**PAGE, **house.of("PF01")})).status_code == 403


def doors(house: House, sent: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that writes, or looks at a file."""
    query = {"params": {"form": FORM, "period": PERIOD}, "content": assistance()}
    picked = {"data": {"form": FORM, "period": PERIOD, "certified_by": "x"}, "files": {"file": ("a.csv", assistance())}}
    said = f"{ADDRESS}/{sent['first']}/warnings/1"
    return [
        ("POST", ADDRESS, query),
        ("POST", "/api/v1/validations", query),
        ("POST", "/api/v1/validations", {**query, "params": {**query["params"], "platform": "PF01"}}),  # type: ignore[dict-item]
        ("POST", f"{ADDRESS}/preview", {**query, "params": {**query["params"], "platform": "PF01"}}),  # type: ignore[dict-item]
        ("POST", "/depots", picked),
        ("POST", "/depots/apercu", picked),
        ("GET", f"/api/v1/forms/{FORM}/template", {"params": {"period": PERIOD, "platform": "PF01"}}),
        ("POST", f"{said}/explanation", {"json": {"text": "parce que c’est ainsi"}}),
        ("POST", f"{said}/acceptance", {"json": {"text": ""}}),
        ("POST", f"{said}/question", {"json": {"text": "pourquoi donc ?"}}),
        ("POST", f"/depots/{sent['first']}/avertissements/1", {"data": {"kind": "explanation", "text": "parce que"}}),
        ("PUT", "/api/v1/registry", {"json": small_network()}),
        ("GET", "/api/v1/registry", {}),
        ("POST", "/api/v1/calendar", {"json": {"day": "2005-04-06"}}),
        ("GET", "/api/v1/calendar", {}),
        ("POST", "/api/v1/tokens", {"json": {"member": "CIL01"}}),
        ("GET", "/api/v1/tokens", {}),
        ("DELETE", f"/api/v1/tokens/{uuid4()}", {}),
        ("GET", "/api/v1/status", {}),
        ("GET", "/api/v1/receipts", {}),
        ("GET", "/api/v1/destructions", {}),
        ("GET", "/api/v1/warnings/statistics", {}),
    ]


async def test_it_writes_nothing_and_administers_nothing(house: House) -> None:
    sent = await filed(house)
    before = await house.rows("ingestion", "SELECT count(*) FROM outbox")
    for method, path, more in doors(house, sent):
        answer = await house.http.request(method, path, headers=house.of("CIL01"), **more)
        allowed = {403, 404} if path in ("/api/v1/status", "/api/v1/receipts", "/api/v1/destructions") else {403}
        assert answer.status_code in allowed, (method, path, answer.text)
    assert await house.rows("ingestion", "SELECT count(*) FROM outbox") == before


async def test_submissions_do_not_exist_for_it(house: House) -> None:
    sent = await filed(house)
    refused = (await rejected(house, wrong(1)))["id"]
    paths = (
        "", "/file", "/errors", "/errors.csv", "/errors.xlsx", "/verdict", "/verdict.pdf", "/warnings", "/receipt",
        "/receipt.pdf", "/versions", "/lines", "/difference", "/difference.csv",
    )  # fmt: skip
    for submission in (sent["first"], sent["second"], refused):
        for path in paths:
            answer = await house.http.get(f"{ADDRESS}/{submission}{path}", headers=house.of("CIL01"))
            assert answer.status_code == 404, path
        for path in ("", "/difference"):
            page = await house.http.get(f"/depots/{submission}{path}", headers={**PAGE, **house.of("CIL01")})
            assert page.status_code == 404
    for path in (ADDRESS, "/api/v1/warnings"):
        answer = await house.http.get(path, headers=house.of("CIL01"))
        assert (answer.status_code, answer.json()["total"]) == (200, 0)


async def test_other_rooms_show_it_the_tables_and_no_platforms_affairs(house: House) -> None:
    await filed(house)
    await send(house, wrong(1), platform="PF03", form=FORM)
    await house.begin(date(2005, 5, 12))
    await house.carry()
    asked = house.of("CIL01")
    assert (await house.http.get("/api/v1/obligations", headers=house.of("PF01"))).json()
    assert (await house.http.get("/api/v1/obligations", headers=asked)).json() == []
    for path in ("/", "/tableaux", "/echeances", "/formulaires", f"/formulaires/{FORM}", "/mes-lignes"):
        page = await house.http.get(path, headers={**PAGE, **asked})
        assert page.status_code == 200, path
        assert "CIL/CCI CIL01" in page.text
        head, _, main = page.text.partition("<main")
        assert 'href="/depots"' not in head, path
        assert "PF0" not in main or path not in ("/", "/echeances"), path
    table = await house.http.get(f"/api/v1/tables/{FORM}", params={"period": PERIOD}, headers=asked)
    assert table.status_code == 200


async def seen(house: House, viewer: str) -> set[tuple[str, str]]:
    async with house.rooms["ingestion"].database.transaction(viewer) as work:
        return {tuple(row) for row in await work.execute("SELECT platform, member FROM filed_line_page")}


async def test_postgresql_shows_a_member_its_own_lines_only(house: House) -> None:
    await filed(house)
    assert await seen(house, "member/CIL01") == {("PF01", "CIL01"), ("PF03", "CIL01")}
    assert await seen(house, "PF03") == {("PF03", "CIL01"), ("PF03", "CIL05")}
    assert await seen(house, "member/CIL0") == {("PF01", "CIL0")}
    assert len(await seen(house, "*")) == 5
    for nobody in ("", "member/", "member/CIL", "member/%", "CIL01", "member/cil01", "PF02", "member/CIL05 "):
        assert await seen(house, nobody) == set(), nobody
    async with house.rooms["ingestion"].database.transaction("member/CIL01") as work:
        for table in ("submission", "submission_file", "warning", "receipt", "underway", "standing_line"):
            assert (await work.execute(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


async def test_postgresql_lets_a_member_touch_no_line(house: House) -> None:
    await filed(house)
    before = await seen(house, "*")
    for statement in ("DELETE FROM filed_line_page", "UPDATE filed_line_page SET member = 'CIL02'"):
        async with house.rooms["ingestion"].database.transaction("member/CIL01") as work:
            touched: Any = await work.execute(statement)
            assert touched.rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        async with house.rooms["ingestion"].database.transaction("member/CIL01") as work:
            await work.execute(
                """INSERT INTO filed_line_page (submission, member, n, many, platform, form, period, version, number,
                received_at, body) SELECT gen_random_uuid(), 'CIL01', 1, 1, 'PF01', 'f', 'p', 1, 1, now(), ''"""
            )
    assert await seen(house, "*") == before


async def test_lines_about_no_member_are_no_members(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    agreements = "service;partenaire_nom;activite_principale;famille;formalise;objet\nassistance;Mairie;x;autres;N;y\n"
    sent = await accepted(house, agreements.encode(), form="partenariats", period="2005")
    answer = await house.http.get(f"{ADDRESS}/{sent['id']}/lines", headers=house.of("PF01"))
    [line] = answer.json()["lines"]
    assert (line["member"], line["values"]["partenaire_nom"]) == ("", "Mairie")
    assert await seen(house, "member/") == set()


async def test_its_cases_are_read_until_they_are_destroyed(house: House) -> None:
    async def begin(day: date) -> None:
        async with house.rooms["ingestion"].database.transaction() as work:
            await begin_day_and_purge(work, DayBegan(day=day))

    await house.begin(date(2006, 1, 5))
    await house.carry()
    more = {"form": CASE_FORM, "period": "2005", "platform": "PF03"}
    sent = await accepted(house, cases(("CIL01", 40), ("CIL05", 30)), **more)
    again = await accepted(house, cases(("CIL01", 41), ("CIL05", 30)), **more)
    assert [one["values"]["age"] for one in await read(house)] == [41, 40]
    await begin(date(2006, 12, 30))
    assert len(await read(house)) == 2
    await begin(date(2006, 12, 31))
    assert await read(house) == []
    assert await house.rows("ingestion", "SELECT 1 FROM filed_line_page") == []
    for submission in (sent["id"], again["id"]):
        for path in ("lines", "difference"):
            answer = await house.http.get(f"{ADDRESS}/{submission}/{path}", headers=house.of("PF03"))
            assert answer.status_code == 410, path
    [record, _] = await house.rows("ingestion", "SELECT signed FROM destruction WHERE why = 'case_year_over'")
    assert read_statement(record.signed.encode()).content["gone"]["line_pages"] == 2


async def sign_in(house: House, **fields: str) -> httpx.Response:
    return await house.http.post("/connexion", data=fields, headers={"Origin": "http://127.0.0.1:8000", **PAGE})


async def test_it_signs_in_as_a_member_and_as_nothing_else(house: House) -> None:
    token = house.tokens["CIL01"]
    answer = await sign_in(house, way="member", member_token=token, next="/mes-lignes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mes-lignes")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    house.http.cookies.clear()
    page = await house.http.get("/mes-lignes", headers={**PAGE, "Cookie": cookie})
    assert page.status_code == 200
    posted = await house.http.post(
        "/depots",
        data={"form": FORM, "period": PERIOD},
        headers={**PAGE, "Cookie": cookie, "Origin": "http://127.0.0.1:8000"},
    )
    assert posted.status_code == 403
    house.http.cookies.clear()
    wrong_ways = (
        ("platform", "token", token),
        ("member", "member_token", house.tokens["PF01"]),
        ("member", "member_token", "plt_x"),
    )
    for way, field, value in wrong_ways:
        refused = await sign_in(house, way=way, **{field: value})
        assert refused.status_code == 401
        assert "inconnu ou révoqué" in refused.text


async def test_its_token_is_made_listed_and_revoked_by_the_admin(house: House) -> None:
    made = await house.http.post("/api/v1/tokens", json={"member": "CIL05", "name": "a"}, headers=house.admin)
    assert made.status_code == 201
    body = made.json()
    assert (body["member"], body["platform"]) == ("CIL05", "")
    await house.carry()
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert (await house.http.get(LINES, headers=headers)).status_code == 200
    for wanted, status in (
        ({"member": "CIL99"}, 404),
        ({"member": "PF01"}, 404),
        ({"member": "CIL01", "platform": "PF01"}, 422),
    ):
        assert (await house.http.post("/api/v1/tokens", json=wanted, headers=house.admin)).status_code == status
    listed = (await house.http.get("/api/v1/tokens", headers=house.admin)).json()
    assert {"id": body["id"], "platform": "", "member": "CIL05", "name": "a", "revoked": False} in listed
    assert (await house.http.delete(f"/api/v1/tokens/{body['id']}", headers=house.admin)).status_code == 204
    await house.carry()
    assert (await house.http.get(LINES, headers=headers)).status_code == 401
