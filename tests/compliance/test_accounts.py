"""People's accounts: invited, of a role and an actor, locked for longer each time, with a second factor."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.domain.lockout import FREE_FAILURES, LONGEST, wait_after
from services.compliance.domain.passwords import WeakPassword, check_password
from services.compliance.domain.second_factor import code_at, new_secret, step_of
from services.compliance.tables import accounts
from shared.security import sign_invitation
from tests.shared.house import ADDRESS, House

pytestmark = pytest.mark.infra

GOOD = "sept girafes lisent à Brest"
EMAIL = "claire.martin@example.org"
PAGE = {"Origin": ADDRESS}


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    monkeypatch.setattr(accounts, "_NOBODY", cheap.hash("nobody's"))


class Watch:
    """A clock set by hand."""

    def __init__(self, house: House) -> None:
        self.now = datetime(2005, 3, 1, 9, tzinfo=UTC)
        house.app.state.clock = lambda: self.now


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(house)


async def invited(house: House, role: str = "uesl", code: str = "", email: str = EMAIL) -> str:
    """The invitation's key."""
    asked = {"email": email, "role": role, "code": code}
    answer = await house.http.post("/api/v1/invitations", json=asked, headers=house.admin)
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["link"]
    return parse_qs(urlsplit(link).query)["cle"][0]


async def accept(house: House, key: str, password: str = GOOD) -> httpx.Response:
    return await house.http.post("/invitation", data={"cle": key, "chosen": password}, headers=PAGE)


async def sign_in(house: House, password: str = GOOD, code: str = "", name: str = EMAIL) -> httpx.Response:
    return await house.http.post("/api/v1/sessions", json={"name": name, "password": password, "code": code})


async def opened(house: House, role: str = "uesl", code: str = "") -> dict[str, str]:
    """The headers of a new account's session, as pages and programs send it."""
    assert (await accept(house, await invited(house, role, code))).status_code == 303
    return headers(await sign_in(house))


def headers(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['session']}"}


@pytest.mark.parametrize(
    ("role", "code", "registry", "objectives", "submissions"),
    [("uesl", "", 200, 200, 200), ("platform", "PF01", 403, 200, 200), ("member", "CIL01", 403, 200, 200),
     ("auditor", "CAB01", 403, 403, 403)],
)  # fmt: skip
async def test_an_account_is_of_a_role_and_an_actor(
    house: House, watch: Watch, role: str, code: str, registry: int, objectives: int, submissions: int
) -> None:
    await house.put_registry()
    session = await opened(house, role, code)
    await house.carry()
    seen = [
        (await house.http.get(path, headers=session)).status_code
        for path in ("/api/v1/registry", "/api/v1/obligations", "/api/v1/submissions")
    ]
    assert seen == [registry, objectives, submissions]
    assert (await house.http.get("/", headers=session)).status_code == 200
    for path in ("/api/v1/accounts", "/api/v1/tokens"):
        assert (await house.http.get(path, headers=session)).status_code == 403


@pytest.mark.parametrize(
    ("role", "code"), [("platform", "PF99"), ("member", ""), ("auditor", ""), ("uesl", "PF01"), ("roi", "")]
)
async def test_nobody_is_invited_as_what_is_not(house: House, watch: Watch, role: str, code: str) -> None:
    await house.put_registry()
    asked = {"email": EMAIL, "role": role, "code": code}
    assert (await house.http.post("/api/v1/invitations", json=asked, headers=house.admin)).status_code == 422


async def test_an_invitation_is_good_once_and_for_three_days(house: House, watch: Watch) -> None:
    key, late, withdrawn = [await invited(house, email=f"{n}@example.org") for n in range(3)]
    listed = (await house.http.get("/api/v1/invitations", headers=house.admin)).json()
    gone = next(one["id"] for one in listed if one["email"] == "2@example.org")
    assert (await house.http.delete(f"/api/v1/invitations/{gone}", headers=house.admin)).status_code == 204
    assert (await house.http.delete(f"/api/v1/invitations/{gone}", headers=house.admin)).status_code == 404
    weak = await accept(house, key, "motdepasse")
    assert weak.status_code == 422 and "12 caractères" in weak.text
    assert (await accept(house, key)).status_code == 303
    assert (await accept(house, key)).status_code == 404
    assert (await accept(house, withdrawn)).status_code == 404
    watch.now += timedelta(days=3, seconds=1)
    assert (await accept(house, late)).status_code == 404
    for made_up in ("", "x", key[:-1], sign_invitation("another key", UUID(int=1))):
        assert (await house.http.get("/invitation", params={"cle": made_up})).status_code == 404
    rows = await house.rows("compliance", "SELECT body FROM outbox")
    assert not any(key in row.body for row in rows), "no event holds the link"


async def test_two_who_follow_a_link_at_once_make_one_account(house: House, watch: Watch) -> None:
    key = await invited(house)
    answers = await asyncio.gather(*(accept(house, key, f"{GOOD} {n}") for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 5
    assert (await accept(house, await invited(house))).status_code == 409


async def test_wrong_passwords_wait_longer_each_time(house: House, watch: Watch) -> None:
    await opened(house)
    for _ in range(FREE_FAILURES):
        assert (await sign_in(house, "faux")).status_code == 401
    waiting = await sign_in(house)
    assert waiting.status_code == 429 and 0 < int(waiting.headers["retry-after"]) <= 31
    watch.now += timedelta(seconds=31)
    assert (await sign_in(house, "faux")).status_code == 401
    watch.now += timedelta(seconds=31)
    assert (await sign_in(house)).status_code == 429
    watch.now += timedelta(seconds=31)
    assert (await sign_in(house)).status_code == 201
    for _ in range(FREE_FAILURES):
        assert (await sign_in(house, "faux")).status_code == 401, "counted anew"


async def test_a_name_that_nobody_has_waits_alike(house: House, watch: Watch) -> None:
    """Otherwise one learns who has an account."""
    await opened(house)
    told = [[], []]  # type: list[list[tuple[int, str]]]
    for _ in range(FREE_FAILURES + 2):
        for kept, name in zip(told, (EMAIL, "personne@example.org"), strict=True):
            answer = await sign_in(house, "faux", name=name)
            kept.append((answer.status_code, answer.text))
    assert told[0] == told[1]


async def test_many_at_once_are_counted_one_by_one(house: House, watch: Watch) -> None:
    await opened(house)
    answers = await asyncio.gather(*(sign_in(house, f"faux {n}") for n in range(30)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (FREE_FAILURES, 30 - FREE_FAILURES)


async def with_second_factor(house: House, watch: Watch) -> tuple[dict[str, str], str, list[str]]:
    session = await opened(house)
    shown = await house.http.post("/compte/second-facteur", data={"current": GOOD}, headers=session)
    secret = shown.text.split('id="cle">')[1].split("<")[0]
    wrong = await house.http.post("/compte/second-facteur/confirmation", data={"code": "000000"}, headers=session)
    assert wrong.status_code == 422
    code = {"code": code_at(secret, watch.now)}
    confirmed = await house.http.post("/compte/second-facteur/confirmation", data=code, headers=session)
    codes = [part.split("<")[0] for part in confirmed.text.split("<li><code>")[1:]]
    assert confirmed.status_code == 200 and len(set(codes)) == 10
    return session, secret, codes


async def test_a_second_factor_is_asked_for_and_each_code_taken_once(house: House, watch: Watch) -> None:
    session, secret, codes = await with_second_factor(house, watch)
    assert (await sign_in(house)).json()["type"] == "urn:pilotage:code_needed"
    assert (await sign_in(house, code=code_at(secret, watch.now))).status_code == 401, "it served to confirm"
    watch.now += timedelta(seconds=30)
    code = code_at(secret, watch.now)
    answers = await asyncio.gather(*(sign_in(house, code=code) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]
    watch.now += timedelta(hours=1)
    assert (await sign_in(house, code=code)).status_code == 401
    assert (await sign_in(house, code=codes[3].upper())).status_code == 201
    assert (await sign_in(house, code=codes[3])).status_code == 401
    [row] = await house.rows("compliance", "SELECT sealed_secret FROM account WHERE name = :name", name=EMAIL)
    assert secret.encode() not in row.sealed_secret
    ended = await house.http.post("/compte/second-facteur/arret", data={"current": GOOD}, headers=session)
    assert ended.status_code == 303
    assert (await sign_in(house)).status_code == 201


async def test_a_changed_password_and_signing_out_everywhere_leave_one_session(house: House, watch: Watch) -> None:
    for path, form in (
        ("/compte/sessions", {}),
        ("/compte/mot-de-passe", {"current": GOOD, "chosen": "huit girafes dorment à Lille"}),
    ):
        others = [headers(await sign_in(house)) for _ in range(2)] if path != "/compte/sessions" else []
        others.append(await opened(house) if path == "/compte/sessions" else others[0])
        answer = await house.http.post(path, data=form, headers=others[0])
        assert answer.status_code == 303
        fresh = {"Authorization": f"Bearer {answer.cookies['pilotage_session']}"}
        house.http.cookies.clear()
        await house.carry()
        for room in ("/api/v1/obligations", "/api/v1/submissions"):
            for other in others:
                assert (await house.http.get(room, headers=other)).status_code == 401
            assert (await house.http.get(room, headers=fresh)).status_code in (200, 503)
    assert (await sign_in(house)).status_code == 401


async def test_who_has_signed_out_leaves_nothing_to_copy(house: House, watch: Watch) -> None:
    first = await opened(house)
    second = headers(await sign_in(house))
    cookie = {"Cookie": f"pilotage_session={first['Authorization'].removeprefix('Bearer ')}"}
    assert (await house.http.post("/deconnexion", headers={**cookie, **PAGE})).status_code == 303
    await house.carry()
    for path in ("/compte", "/api/v1/submissions"):
        assert (await house.http.get(path, headers=first)).status_code == 401
        assert (await house.http.get(path, headers=second)).status_code == 200


async def test_a_closed_account_signs_in_no_more(house: House, watch: Watch) -> None:
    session = await opened(house)
    listed: list[Any] = (await house.http.get("/api/v1/accounts", headers=house.admin)).json()
    [account] = [one["id"] for one in listed if one["name"] == EMAIL]
    assert (await house.http.delete(f"/api/v1/accounts/{account}", headers=house.admin)).status_code == 204
    await house.carry()
    assert (await house.http.get("/api/v1/submissions", headers=session)).status_code == 401
    assert (await sign_in(house)).status_code == 401
    assert (await house.http.delete(f"/api/v1/accounts/{account}", headers=house.admin)).status_code == 404


async def test_a_token_has_no_account(house: House, watch: Watch) -> None:
    await house.put_registry()
    await house.issue("PF01")
    assert "jeton" in (await house.http.get("/compte", headers=house.of("PF01"))).text
    for path in ("sessions", "second-facteur", "mot-de-passe"):
        form = {"current": GOOD, "chosen": GOOD}
        assert (await house.http.post(f"/compte/{path}", data=form, headers=house.of("PF01"))).status_code == 403


@pytest.mark.parametrize(
    "password",
    ["azertyuiop12", "motdepasse123", "Password1234", "claire.martin1", "PilotageUESL1", "aaaaaaaaaaaaaaa", "court",
     "123456789012345", "x" * 201],
)  # fmt: skip
def test_what_is_guessed_is_no_password(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, ["claire.martin@example.org", "claire", "martin"])


@pytest.mark.parametrize("password", [GOOD, "🦒 girafes de Brest !", "xq7-Vm2!pLz9", "mot " * 10 + "rhinocéros orange"])
def test_what_is_long_and_ones_own_is_a_password(password: str) -> None:
    check_password(password, ["PF01"])


def test_one_waits_longer_each_time_and_never_for_ever() -> None:
    waits = [wait_after(failures) for failures in range(2000)]
    assert waits == sorted(waits) and waits[FREE_FAILURES - 1] == timedelta() and waits[-1] == LONGEST


@given(st.integers(min_value=0, max_value=2**33), st.integers(min_value=-200, max_value=200))
def test_a_code_is_good_for_its_step_and_its_neighbours(at: int, shift: int) -> None:
    secret, moment = new_secret(), datetime.fromtimestamp(at + 300, UTC)
    step = step_of(secret, code_at(secret, moment + timedelta(seconds=shift)), moment)
    apart = (at + 300 + shift) // 30 - (at + 300) // 30
    if abs(apart) <= 1:
        assert step is not None
    elif step is not None:  # one in some hundred thousand is the same by chance
        assert abs(step - (at + 300) // 30) <= 1


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six figures."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    found = [code_at(secret, datetime.fromtimestamp(at, UTC)) for at in (59, 1111111109, 1234567890, 20000000000)]
    assert found == ["287082", "081804", "005924", "353130"]
