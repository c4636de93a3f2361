"""Accounts and tokens: made once, shown once, revoked for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher

from services.cli import tokens
from services.cli.client import PASSWORD, Client, Refused
from services.compliance.tables import accounts
from services.compliance.tables.accounts import change_password, make_admin
from shared.events import CredentialIssued
from shared.security import token_hash
from tests.shared.house import ADDRESS, House

pytestmark = pytest.mark.infra


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same kind, and quick."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    monkeypatch.setattr(accounts, "_NOBODY", cheap.hash("nobody's"))


NOW = datetime(2005, 1, 1, tzinfo=UTC)
TOKENS = "/api/v1/tokens"


async def first_admin(house: House) -> str | None:
    async with house.rooms["compliance"].database.transaction() as work:
        return await make_admin(work, NOW)


async def sign_in(house: House, name: str, password: str) -> httpx.Response:
    return await house.http.post("/api/v1/sessions", json={"name": name, "password": password})


async def made(house: House, platform: str = "PF01", name: str = "essai") -> dict[str, Any]:
    answer = await house.http.post(TOKENS, json={"platform": platform, "name": name}, headers=house.admin)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_admin_is_made_once_even_by_processes_that_start_together(house: House) -> None:
    passwords = [one for one in await asyncio.gather(*(first_admin(house) for _ in range(6))) if one]
    assert len(passwords) == 1
    assert len(passwords[0]) >= 20
    assert await first_admin(house) is None
    [account] = await house.rows("compliance", "SELECT * FROM account")
    assert (account.name, account.role) == ("admin", "admin")
    assert account.password_hash.startswith("$argon2id$")
    assert passwords[0] not in account.password_hash


async def test_a_password_opens_a_session_that_opens_the_routes(house: House) -> None:
    password = await first_admin(house)
    assert password
    answer = await sign_in(house, "admin", password)
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json()['session']}"}
    assert answer.json()["expires_in"] == 12 * 3600
    assert (await house.http.get(TOKENS, headers=headers)).status_code == 200


async def test_a_wrong_name_or_password_opens_nothing(house: House) -> None:
    password = await first_admin(house)
    assert password
    wrong = [("admin", ""), ("admin", password[:-1]), ("admin", password.swapcase()), ("Admin", password), ("", "")]
    for name, tried in [*wrong, ("nobody", password), ("admin' --", "x"), ("admin\x00", password)]:
        answer = await sign_in(house, name, tried)
        assert answer.status_code in (401, 422), (name, tried)
        assert "session" not in answer.json()
    assert (await sign_in(house, "admin", password)).status_code == 201


async def renewed(house: House) -> str | None:
    async with house.rooms["compliance"].database.transaction() as work:
        return await change_password(work, "admin")


async def test_a_changed_password_ends_the_sessions_of_before_in_every_room(house: House) -> None:
    await house.put_registry()
    passwords, sessions = [await first_admin(house)], []
    for _ in range(2):
        answer = await sign_in(house, "admin", passwords[-1] or "")
        sessions.append({"Authorization": f"Bearer {answer.json()['session']}"})
        await house.carry()
        for address in (TOKENS, "/api/v1/submissions"):
            assert (await house.http.get(address, headers=sessions[-1])).status_code == 200
        passwords.append(await renewed(house))
    assert len({*passwords}) == 3
    assert (await sign_in(house, "admin", passwords[0] or "")).status_code == 401
    assert (await house.http.get(TOKENS, headers=sessions[1])).status_code == 401, "here at once"
    await house.carry()
    for headers in sessions:
        for address in (TOKENS, "/api/v1/submissions"):
            assert (await house.http.get(address, headers=headers)).status_code == 401
    assert (await sign_in(house, "admin", passwords[-1] or "")).status_code == 201


async def test_an_account_of_before_gets_its_credential_at_the_next_set_up(house: House) -> None:
    password = await first_admin(house)
    async with house.rooms["compliance"].database.transaction() as work:
        await work.execute("UPDATE account SET credential = NULL")
    assert await first_admin(house) is None
    answer = await sign_in(house, "admin", password or "")
    headers = {"Authorization": f"Bearer {answer.json()['session']}"}
    assert (await house.http.get(TOKENS, headers=headers)).status_code == 200


async def test_no_account_no_new_password(house: House) -> None:
    assert await renewed(house) is None


async def test_an_accounts_credential_is_no_token(house: House) -> None:
    await first_admin(house)
    [row] = await house.rows("compliance", "SELECT credential FROM account")
    assert (await house.http.get(TOKENS, headers=house.admin)).json() == []
    assert (await house.http.delete(f"{TOKENS}/{row.credential}", headers=house.admin)).status_code == 404


async def test_a_token_is_shown_once_and_only_its_hash_is_kept_and_said(house: House) -> None:
    await house.put_registry()
    token = await made(house)
    assert token["platform"] == "PF01"
    [event] = await house.said("compliance", "CredentialIssued")
    assert event == CredentialIssued(
        credential=UUID(token["id"]), token_sha256=token_hash(token["token"]), role="platform", platform="PF01",
        name="essai",
    )  # fmt: skip
    listed = (await house.http.get(TOKENS, headers=house.admin)).json()
    assert listed == [{"id": token["id"], "platform": "PF01", "member": "", "name": "essai", "revoked": False}]
    kept = await house.rows("compliance", "SELECT CAST(to_jsonb(c) AS text) AS text FROM credential AS c")
    kept += await house.rows("compliance", "SELECT body AS text FROM outbox")
    assert not any(token["token"] in row.text for row in kept)


async def test_a_platform_may_have_several_tokens_each_revoked_alone(house: House) -> None:
    await house.put_registry()
    first, second = await made(house, name="a"), await made(house, name="b")
    await house.carry()
    assert (await house.http.delete(f"{TOKENS}/{first['id']}", headers=house.admin)).status_code == 204
    await house.carry()
    for token, status in ((first, 401), (second, 200)):
        headers = {"Authorization": f"Bearer {token['token']}"}
        for address in ("/api/v1/submissions", "/api/v1/obligations"):
            assert (await house.http.get(address, headers=headers)).status_code == status
    listed = (await house.http.get(TOKENS, headers=house.admin)).json()
    assert [(one["name"], one["revoked"]) for one in listed] == [("a", True), ("b", False)]


async def test_the_command_lists_and_revokes(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @asynccontextmanager
    async def signed_in(url: str, _: str) -> AsyncIterator[Client]:
        transport = httpx.ASGITransport(house.app)
        async with httpx.AsyncClient(transport=transport, base_url=url, headers=house.admin) as http:
            yield Client(http)

    monkeypatch.setattr(tokens, "open_client", signed_in)
    monkeypatch.setenv(PASSWORD, "x")
    await house.put_registry()
    first, second = await made(house, name="a"), await made(house, name="b")
    await tokens.revoke_token(first["id"], ADDRESS)
    await tokens.list_tokens(ADDRESS)
    lines = capsys.readouterr().out.splitlines()
    for token, state in ((first, "révoqué"), (second, "en service")):
        [line] = [line for line in lines if token["id"] in line]
        assert state in line
        assert token["token"] not in line
    with pytest.raises(Refused, match="404"):
        await tokens.revoke_token(str(UUID(int=0)), ADDRESS)


async def test_revoking_again_says_nothing_new(house: House) -> None:
    await house.put_registry()
    token = await made(house)
    address = f"{TOKENS}/{token['id']}"
    answers = await asyncio.gather(*(house.http.delete(address, headers=house.admin) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {204}
    said = await house.said("compliance", "CredentialIssued")
    assert [getattr(event, "revoked", None) for event in said] == [False, True]


async def test_what_cannot_be_made_or_revoked(house: House) -> None:
    early = await house.http.post(TOKENS, json={"platform": "PF01"}, headers=house.admin)
    assert early.status_code == 503
    await house.put_registry()
    for platform in ("PF99", "pf01", "", "*", "x" * 10_000):
        answer = await house.http.post(TOKENS, json={"platform": platform}, headers=house.admin)
        assert answer.status_code == 404, platform
    assert (await house.http.delete(f"{TOKENS}/{UUID(int=0)}", headers=house.admin)).status_code == 404
    assert (await house.http.delete(f"{TOKENS}/x", headers=house.admin)).status_code == 422


async def test_tokens_are_the_admins(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01")
    [token] = (await house.http.get(TOKENS, headers=house.admin)).json()
    asked = (("GET", TOKENS), ("POST", TOKENS), ("DELETE", f"{TOKENS}/{token['id']}"))
    for method, address in asked:
        body = {"platform": "PF02"} if method == "POST" else None
        assert (await house.http.request(method, address, json=body)).status_code == 401
        refused = await house.http.request(method, address, json=body, headers=house.of("PF01"))
        assert refused.status_code == 403
