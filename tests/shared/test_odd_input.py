"""No input gives a 5xx: odd characters in every text parameter, path and body field of every route of the house."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute

from services.compliance.tables import accounts
from shared.settings import Settings
from shared.topics import ROOMS
from tests.shared.house import ADDRESS, House, open_house

pytestmark = pytest.mark.infra

ODD = [
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # half a surrogate pair
    "é’€𝔸\u202e\u2028\ufeff".encode(),
    b"../..%00'; DROP TABLE submission; --{{ 7 * 7 }}",
    b"\r\nSet-Cookie: a=b",
    b"9" * 30,
    b"9" * 5000,
    b"0001-01-01",
    b"9999-12-31",
    b"1000-T1",
    b"",
]
# What other parameters are given, so that the odd one is reached.
PLAIN = {"form": "assistance-trimestriel", "period": "2005-T1", "by": "member", "year": "2005", "format": "json"}
# A stream that no one ends where all is right with what was asked.
ENDLESS = "/tableaux/direct"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("PILOTAGE_SMTP__SENDER", "Pilotage <pilotage@uesl.example>")
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    monkeypatch.setattr(accounts, "_NOBODY", cheap.hash("nobody's"))
    async with open_house(settings, ROOMS) as house:
        await house.put_registry()
        await house.issue("PF01")
        await house.carry()
        yield house


def _routes(house: House) -> list[APIRoute]:
    routers = [router for room in house.rooms.values() for router in room.routers]
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def _asked(route: APIRoute, odd: str) -> Iterator[str]:
    """The route's address with each of its parameters odd in turn."""
    known = route.dependant
    paths, queries = [one.name for one in known.path_params], [one.alias for one in known.query_params]
    plain = {name: PLAIN.get(name, NOBODY) for name in paths}
    needed = [name for name in queries if name in PLAIN]
    for chosen in (*paths, *queries):
        values = {**plain, chosen: odd}
        address = route.path.format(**{name: values[name] for name in paths})
        asked = {name: PLAIN[name] for name in needed} | ({chosen: odd} if chosen in queries else {})
        yield f"{address}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


async def test_odd_parameters_of_what_is_read(house: House) -> None:
    asked = [
        (method, address)
        for odd in ODD
        for route in _routes(house)
        for method in (route.methods or set()) & {"GET", "DELETE"}
        for address in _asked(route, quote_from_bytes(odd, safe=""))
        if not (route.path == ENDLESS and odd == b"")
    ]
    assert len(asked) > 25 * len(ODD)
    for method, address in asked:
        async with asyncio.timeout(20):
            answer = await house.http.request(method, address, headers=house.admin)
        assert answer.status_code < 500, (method, address, answer.text)


async def test_odd_paths(house: House) -> None:
    for place in ("/", "/api/v1/", "/static/pilotage/", f"/api/v1/submissions/{NOBODY}/"):
        for odd in ODD:
            address = place + quote_from_bytes(odd, safe="")
            answer = await house.http.get(address, headers={"Accept": "text/html", **house.admin})
            assert answer.status_code < 500, (address, answer.text)


_BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/sessions": {"name": "admin", "password": "x"},
    "/api/v1/tokens": {"platform": "PF01", "name": "essai"},
    "/api/v1/calendar": {"day": "2005-01-01"},
}


async def test_odd_fields_of_json(house: House) -> None:
    for path, fields in _BODIES.items():
        for field, odd in product(fields, ODD):
            for text in {odd.decode("utf-8", "surrogateescape"), odd.decode("latin-1")}:
                body = json.dumps({**fields, field: text})
                answer = await house.http.post(path, content=body, headers=house.admin)
                assert answer.status_code < 500, (path, body, answer.text)


async def test_bodies_that_are_no_json(house: House) -> None:
    bodies = (b"", b"{", b"null", b"[]", b"\xff", b'{"day": 1e999}', b"[" * 100_000, b"9" * 9000)
    for path, body in product(_BODIES, bodies):
        answer = await house.http.post(path, content=body, headers=house.admin)
        assert 400 <= answer.status_code < 500, (path, body[:20], answer.text)


async def test_odd_fields_of_forms(house: House) -> None:
    from_us = {"Origin": ADDRESS, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    fields = ("way=", "way=admin&name=", "way=platform&token=", "way=platform&next=")
    for field, odd in product(fields, ODD):
        content = f"{field}{quote_from_bytes(odd, safe='')}".encode()
        answer = await house.http.post("/connexion", content=content, headers=from_us)
        assert answer.status_code < 500, (content, answer.text)


async def test_odd_headers(house: House) -> None:
    names = ("Authorization", "Cookie", "Origin", "Accept", "Sec-Fetch-Site", "Host")
    for name, odd in product(names, ODD):
        sent = odd.replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"\x01")
        for value in (sent, b"Bearer " + sent, b"pilotage_session=" + sent):
            answer = await house.http.post("/deconnexion", headers={name.encode(): value})
            assert answer.status_code < 500, (name, value, answer.text)
