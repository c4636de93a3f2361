"""What every route shares: who asks, refusals as problem+json or a French page, forms sent from our own pages only."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from services.ingestion.web.doors import RoomDatabase, SignedIn
from shared.settings import Settings
from shared.web import SESSION_COOKIE
from tests.shared.house import ADDRESS, House, open_house

pytestmark = pytest.mark.infra

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OURS = {"Origin": ADDRESS}

router = APIRouter()
_FAILURES: dict[str, BaseException] = {
    "no-free-connection": NoFreeConnection(),
    "connection-lost": ConnectionResetError(),
    "too-slow": TimeoutError(),
}


@router.get("/failing/{how}")
async def fail(how: str, database: RoomDatabase, _: SignedIn) -> None:
    """Fails in the way asked for: an error by its name, or by its PostgreSQL state."""
    if how in _FAILURES:
        raise _FAILURES[how]
    async with database.transaction() as work:
        await work.execute(f"DO $$ BEGIN RAISE EXCEPTION 'asked for' USING ERRCODE = '{how}'; END $$")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as house:
        house.app.include_router(router)
        await house.put_registry()
        await house.issue("PF01")
        await house.carry()
        yield house


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith(".")
    return body


async def test_a_program_is_refused_in_problem_json(house: House) -> None:
    get = house.http.get
    assert problem(await get("/nowhere"), 404)["title"] == "Introuvable"
    assert problem(await get("/api/v1/nowhere", headers=house.admin), 404)["type"] == "about:blank"
    nobody = await get("/api/v1/submissions")
    assert problem(nobody, 401)["title"] == "Connexion requise"
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert problem(await get("/api/v1/tokens", headers=house.of("PF01")), 403)["title"] == "Accès refusé"
    wrong = await house.http.delete("/api/v1/submissions", headers=house.admin)
    assert problem(wrong, 405)["title"] == "Méthode non permise"
    assert "GET" in wrong.headers["allow"] or "POST" in wrong.headers["allow"]
    faults = problem(await get("/api/v1/submissions?limit=0&offset=x", headers=house.admin), 422)["faults"]
    assert [fault["at"] for fault in faults] == [["query", "limit"], ["query", "offset"]]


async def test_a_browser_is_shown_a_page(house: House) -> None:
    get = house.http.get
    missing = await get("/nowhere", headers=BROWSER)
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Page introuvable" in missing.text
    assert '<html lang="fr"' in missing.text
    refused = await get("/failing/57P03", headers={**BROWSER, **house.admin})
    assert refused.status_code == 503
    assert "La base de données ne répond pas" in refused.text


async def test_a_browser_that_is_nobodys_is_led_to_the_sign_in(house: House) -> None:
    for cookie in ("", f"{SESSION_COOKIE}=forged", f"{SESSION_COOKIE}={house.tokens['PF01']}"):
        answer = await house.http.get("/depots", headers={**BROWSER, "Cookie": cookie})
        assert (answer.status_code, answer.headers["location"]) == (303, "/connexion?next=%2Fdepots")
    shown = await house.http.get("/connexion?next=%2Fdepots", headers=BROWSER)
    assert shown.status_code == 200
    assert 'value="/depots"' in shown.text


async def test_the_api_answers_a_browser_too_in_json(house: House) -> None:
    problem(await house.http.get("/api/v1/submissions", headers=BROWSER), 401)
    problem(await house.http.get("/api/v1/nowhere", headers=BROWSER), 404)


async def test_what_may_succeed_later_is_503_and_says_when(house: House) -> None:
    for how in (*_FAILURES, "57P01", "57P03", "53300", "40P01", "57014"):
        answer = await house.http.get(f"/failing/{how}", headers=house.admin)
        problem(answer, 503)
        assert answer.headers["retry-after"] == "5", how


async def test_a_fault_of_ours_is_not_hidden(house: House) -> None:
    with pytest.raises(Exception, match="asked for"):
        await house.http.get("/failing/42P01", headers=house.admin)


async def test_a_wrong_token_opens_nothing(house: House) -> None:
    for token in ("", "plt_", "plt_" + "x" * 43, "é", "x" * 5000, "a.b.c", "Bearer", "null"):
        for header in (f"Bearer {token}", f"bearer  {token} ", f"Basic {token}", token):
            answer = await house.http.get("/api/v1/submissions", headers={b"Authorization": header.encode()})
            problem(answer, 401)


async def test_a_token_opens_until_it_is_revoked_and_its_session_with_it(house: House) -> None:
    session = await _sign_in(house)
    for headers in (house.of("PF01"), session):
        assert (await house.http.get("/api/v1/submissions", headers=headers)).status_code == 200
    [token] = (await house.http.get("/api/v1/tokens", headers=house.admin)).json()
    assert (await house.http.delete(f"/api/v1/tokens/{token['id']}", headers=house.admin)).status_code == 204
    await house.carry()
    for headers in (house.of("PF01"), session):
        problem(await house.http.get("/api/v1/submissions", headers=headers), 401)


async def _sign_in(house: House, **form: str) -> dict[str, str]:
    wanted = {"way": "platform", "token": house.tokens["PF01"], **form}
    answer = await house.http.post("/connexion", data=wanted, headers={**BROWSER, **OURS})
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    house.http.cookies.clear()
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    return {"Cookie": cookie.split(";")[0]}


ORIGINS: list[tuple[dict[str, str], bool]] = [
    ({}, False),
    ({"Origin": ADDRESS}, True),
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://["}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://127.0.0.1:8001"}, False),
    ({"Origin": "http://127.0.0.1"}, False),
    ({"Origin": "http://127.0.0.1:8000.evil.example"}, False),
    ({"Origin": "http://evil.example/@127.0.0.1:8000"}, False),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}, True),
]


async def test_a_form_with_our_cookie_is_taken_from_our_pages_only(house: House) -> None:
    session = await _sign_in(house)
    form = {"form": "assistance-trimestriel", "period": "2005-T1", "certified_by": "Z. Été, directrice"}
    for origin, is_ours in ORIGINS:
        sent = await house.http.post(
            "/depots", data=form, files={"file": ("a.csv", b"x")}, headers={**session, **origin}
        )
        assert sent.status_code == (303 if is_ours else 403), origin
        out = await house.http.post("/deconnexion", headers={**session, **origin})
        assert out.status_code == (303 if is_ours else 403), origin
        signed = await house.http.post("/connexion", data={"way": "account"}, headers={**BROWSER, **origin})
        assert signed.status_code == (401 if is_ours else 403), origin
    assert len(await house.rows("ingestion", "SELECT 1 FROM submission")) == sum(ours for _, ours in ORIGINS)


async def test_our_cookie_reads_from_anywhere(house: House) -> None:
    session = await _sign_in(house)
    answer = await house.http.get("/depots", headers={**BROWSER, **session, "Origin": "https://evil.example"})
    assert answer.status_code == 200


async def test_a_token_needs_no_origin(house: House) -> None:
    answer = await house.http.post(
        "/depots", data={"form": "x", "period": "y"}, files={"file": b""}, headers=house.of("PF01")
    )
    assert answer.status_code == 404


_PLACES = ("https://evil.example", "//evil.example", "/\\evil.example", "\\evil", "evil", "", "javascript:alert(1)",
           "/\t/evil.example", "/\n//evil.example", "\x00", "/depots?page=2")  # fmt: skip


async def test_a_sign_in_leads_to_a_page_of_ours(house: House) -> None:
    for wanted in _PLACES:
        form = {"way": "platform", "token": house.tokens["PF01"], "next": wanted}
        answer = await house.http.post("/connexion", data=form, headers={**BROWSER, **OURS})
        assert answer.status_code == 303
        place = urlsplit(answer.headers["location"])
        assert (place.scheme, place.netloc) == ("", ""), wanted
        assert place.path.startswith("/")
        assert not place.path.startswith("//"), wanted


async def test_a_wrong_sign_in_says_so_on_its_page(house: House) -> None:
    for form in ({"way": "platform", "token": "plt_x"}, {"way": "account", "name": "admin", "password": "x"}):
        answer = await house.http.post("/connexion", data=form, headers={**BROWSER, **OURS})
        assert answer.status_code == 401
        assert "incorrect" in answer.text or "inconnu ou révoqué" in answer.text
        assert "set-cookie" not in answer.headers


async def test_every_answer_carries_the_protecting_headers(house: House) -> None:
    for path in ("/connexion", "/nowhere", "/api/v1/submissions", "/openapi.json"):
        answer = await house.http.get(path, headers=BROWSER)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
