"""Who is asking: sessions that cannot be forged, tokens known by their hash only."""

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from itsdangerous import URLSafeTimedSerializer

from shared.database import Database
from shared.events import CredentialIssued
from shared.readings import keep_credential
from shared.security import (
    SESSION_SECONDS,
    Role,
    Viewer,
    new_token,
    read_session,
    sign_session,
    still_valid,
    token_hash,
    viewer_of_token,
)
from shared.settings import Settings

KEY = "a key for tests only, long enough to sign"
ADMIN = Viewer("admin", "admin")
PLATFORM = Viewer("essai", "platform", "PF01", str(UUID(int=5)))


@pytest.mark.parametrize("viewer", [ADMIN, PLATFORM])
def test_a_session_says_who_it_was_signed_for(viewer: Viewer) -> None:
    assert read_session(KEY, sign_session(KEY, viewer)) == viewer


def test_a_session_signed_with_another_key_is_nobodys() -> None:
    assert read_session(KEY, sign_session(KEY + "!", ADMIN)) is None


def test_a_session_signed_for_another_use_is_nobodys() -> None:
    value = {"n": "admin", "r": "admin", "p": None, "c": None}
    assert read_session(KEY, URLSafeTimedSerializer(KEY, salt="another use").dumps(value)) is None


def test_a_session_is_too_old_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signed, now = sign_session(KEY, ADMIN), time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS - 5)
    assert read_session(KEY, signed) == ADMIN
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS + 5)
    assert read_session(KEY, signed) is None


def test_a_session_from_the_future_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    signed = sign_session(KEY, ADMIN)
    monkeypatch.setattr(time, "time", lambda: now)
    assert read_session(KEY, signed) is None


def test_a_session_changed_anywhere_is_nobodys() -> None:
    signed = sign_session(KEY, PLATFORM)
    for place, character in enumerate(signed):
        for other in {"A", "b", ".", "-"} - {character}:
            changed = signed[:place] + other + signed[place + 1 :]
            assert _means_nothing_else(changed), (place, other)


def _means_nothing_else(session: str) -> bool:
    """Base64 leaves unused bits at its end: another writing of the same signature may pass, another meaning never."""
    return read_session(KEY, session) in (None, PLATFORM)


def test_a_payload_exchanged_under_a_signature_is_refused() -> None:
    _, stamp, signature = sign_session(KEY, PLATFORM).rsplit(".", 2)
    payload = base64.urlsafe_b64encode(json.dumps({"n": "x", "r": "admin", "p": None, "c": None}).encode()).decode()
    assert read_session(KEY, f"{payload.rstrip('=')}.{stamp}.{signature}") is None


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é", "\x00", "plt_x", "." * 2000, "𝔸.𝔹.ℂ"])
def test_what_is_no_session_is_nobodys(text: str) -> None:
    assert read_session(KEY, text) is None


def test_tokens_are_long_random_and_kept_as_a_hash() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(token.startswith("plt_") and len(token) == 47 for token in tokens)
    token = tokens.pop()
    assert token_hash(token) == hashlib.sha256(token.encode()).hexdigest()


def test_what_is_seen_is_ones_own_or_all_for_the_admin_alone() -> None:
    assert ADMIN.sees == "*"
    assert PLATFORM.sees == "PF01"
    assert replace(PLATFORM, platform="").sees == "", "a platform without a code sees nothing rather than all"
    assert ADMIN.is_admin
    assert not PLATFORM.is_admin


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database, "ingestion")
    yield database
    await database.close()


async def issue(database: Database, token: str, *, revoked: bool = False, role: Role = "platform") -> None:
    async with database.transaction() as work:
        await keep_credential(work, CredentialIssued(
            credential=UUID(int=5), version=1 + revoked, token_sha256=token_hash(token), role=role,
            platform="PF01", name="essai", revoked=revoked,
        ))  # fmt: skip


@pytest.mark.infra
async def test_a_token_is_known_by_its_hash(database: Database) -> None:
    token = new_token()
    await issue(database, token)
    async with database.transaction() as work:
        assert await viewer_of_token(work, token) == PLATFORM
        for other in (token_hash(token), token[:-1], token.upper(), f"{token} ", "", "\x00", new_token()):
            assert await viewer_of_token(work, other) is None, other


@pytest.mark.infra
async def test_a_revoked_token_ends_the_sessions_it_opened(database: Database) -> None:
    token = new_token()
    await issue(database, token)
    async with database.transaction() as work:
        assert await still_valid(work, PLATFORM)
    await issue(database, token, revoked=True)
    async with database.transaction() as work:
        assert await viewer_of_token(work, token) is None
        assert not await still_valid(work, PLATFORM)
        assert not await still_valid(work, replace(PLATFORM, credential=str(UUID(int=6))))
        assert not await still_valid(work, replace(PLATFORM, credential=None))


@pytest.mark.infra
async def test_a_session_is_valid_for_the_role_of_its_credential_only(database: Database) -> None:
    await issue(database, new_token())
    async with database.transaction() as work:
        for viewer in (ADMIN, replace(ADMIN, credential=PLATFORM.credential)):
            assert not await still_valid(work, viewer)


@pytest.mark.infra
async def test_what_stands_for_a_password_is_no_token(database: Database) -> None:
    token = new_token()
    await issue(database, token, role="admin")
    async with database.transaction() as work:
        assert await viewer_of_token(work, token) is None
        assert await still_valid(work, replace(ADMIN, credential=PLATFORM.credential))


def test_whose_rows_each_role_sees() -> None:
    assert Viewer("admin", "admin").sees == "*"
    assert Viewer("", "platform", "PF01").sees == "PF01"
    assert Viewer("", "member", member="CIL01").sees == "member/CIL01"
    assert Viewer("", "uesl").sees == "*"
    assert Viewer("", "auditor", firm="CAB01").sees == "auditor/CAB01"
    assert Viewer("", "auditor").sees == "auditor/"
    assert (Viewer("", "platform").sees, Viewer("", "member").sees) == ("", "member/"), "nobody's is not everybody's"


def test_a_session_is_read_again_as_it_was_signed() -> None:
    auditor = Viewer("Paul Duval", "auditor", None, str(UUID(int=6)), firm="CAB01")
    assert read_session("key", sign_session("key", auditor)) == auditor
    viewer = Viewer("jeton", "member", None, str(UUID(int=5)), "CIL01")
    assert read_session("key", sign_session("key", viewer)) == viewer
