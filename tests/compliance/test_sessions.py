"""Sessions and what every answer carries: cookies, headers, and what no user can put there."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import AnyHttpUrl

from services.cli.house import BUILDERS, build_pages
from services.compliance.tables.accounts import make_admin
from shared.clock import system_clock
from shared.settings import Settings
from shared.web import build_web
from tests.shared.house import ADDRESS, House

pytestmark = pytest.mark.infra

TLS = "https://pilotage.example.org"


@pytest.fixture
async def behind_tls(settings: Settings, house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The same rooms, served where users come by https."""
    there = settings.model_copy(update={"public_url": AnyHttpUrl(TLS)})
    rooms = {"compliance": BUILDERS["compliance"](there)}
    app = build_web(rooms, there, build_pages())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=TLS) as http:
        yield http
    await rooms["compliance"].database.close()


async def password_of_admin(house: House) -> str:
    async with house.rooms["compliance"].database.transaction() as work:
        password = await make_admin(work, system_clock())
    assert password
    return password


async def test_behind_tls_cookies_and_headers_say_so(behind_tls: httpx.AsyncClient, house: House) -> None:
    form = {"way": "account", "name": "admin", "password": await password_of_admin(house)}
    answers = [await behind_tls.post("/connexion", data=form, headers={"Origin": TLS}) for _ in range(2)]
    cookies = [answer.headers["set-cookie"] for answer in answers]
    for cookie in cookies:
        assert cookie.startswith("__Host-pilotage_session=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert cookies[0] != cookies[1], "a new session at each sign-in"
    for path in ("/", "/connexion", "/api/v1/tokens", "/nulle-part"):
        answer = await behind_tls.get(path)
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert (await behind_tls.get("/compte")).status_code == 200
    session = behind_tls.cookies["__Host-pilotage_session"]
    behind_tls.cookies.clear()
    plain = await behind_tls.get("/compte", headers={"Cookie": f"pilotage_session={session}"})
    assert plain.status_code == 401, "a name that another host could plant is not looked at"
    out = await behind_tls.post("/deconnexion", headers={"Cookie": f"__Host-pilotage_session={session}", "Origin": TLS})
    assert "__Host-pilotage_session=" in out.headers["set-cookie"] and "Secure" in out.headers["set-cookie"]


async def test_without_tls_nothing_promises_it(house: House) -> None:
    form = {"way": "account", "name": "admin", "password": await password_of_admin(house)}
    answer = await house.http.post("/connexion", data=form, headers={"Origin": ADDRESS})
    assert "Secure" not in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers


async def test_every_answer_is_dressed_and_what_is_somebodys_stays_in_no_cache(house: House) -> None:
    for path, headers in (
        ("/", house.admin),
        ("/comptes", house.admin),
        ("/api/v1/tokens", house.admin),
        ("/api/v1/registry", {}),
        ("/connexion", {}),
        ("/nulle-part", {}),
    ):
        answer = await house.http.get(path, headers={**headers, "Origin": "https://ailleurs.example"})
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        if headers:
            assert answer.headers["cache-control"] == "no-store", path


async def test_no_header_of_a_proxy_is_believed(house: House) -> None:
    forged = {"X-Forwarded-Host": "ailleurs.example", "X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/comptes"}
    assert (await house.http.get("/api/v1/accounts", headers=forged)).status_code == 401
    form = {"way": "account", "name": "admin", "password": "x"}
    refused = await house.http.post("/connexion", data=form, headers={**forged, "Origin": "https://ailleurs.example"})
    assert refused.status_code == 403


async def test_other_methods_do_nothing(house: House) -> None:
    for method in ("TRACE", "CONNECT", "PATCH", "OPTIONS"):
        assert (await house.http.request(method, "/api/v1/tokens", headers=house.admin)).status_code == 405


async def test_passwords_are_masked_and_may_be_pasted(house: House) -> None:
    page = (await house.http.get("/connexion")).text
    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field and 'autocomplete="current-password"' in field
    assert "onpaste" not in page
