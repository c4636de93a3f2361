"""Accounts and tokens: who may open which door."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.events import CredentialIssued
from shared.readings import keep_credential
from shared.security import Role, Viewer, new_token, token_hash
from shared.transaction import Transaction

ADMIN = "admin"
_hasher = PasswordHasher()


async def make_admin(work: Transaction, now: datetime) -> str | None:
    """The first admin account; returns its password, known to nobody else, or None where there is one already."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-accounts'))")
    password = None
    if not (await work.execute("SELECT count(*) FROM account")).scalar_one():
        password = secrets.token_urlsafe(15)
        await work.execute(
            "INSERT INTO account (id, name, role, password_hash, created_at) VALUES (:id, :name, 'admin', :hash, :now)",
            {"id": uuid4(), "name": ADMIN, "hash": _hasher.hash(password), "now": now},
        )
    for row in list(await work.execute("SELECT name FROM account WHERE credential IS NULL")):
        await _begin_sessions(work, row.name)
    return password


async def change_password(work: Transaction, name: str) -> str | None:
    """A new password of the account; the sessions begun with the old one end. None where there is no such account."""
    query = "SELECT credential FROM account WHERE name = :name FOR UPDATE"
    row = (await work.execute(query, {"name": name})).one_or_none()
    if row is None:
        return None
    password = secrets.token_urlsafe(15)
    update = "UPDATE account SET password_hash = :hash WHERE name = :name"
    await work.execute(update, {"hash": _hasher.hash(password), "name": name})
    if row.credential is not None:
        await _revoke(work, row.credential, "admin")
    await _begin_sessions(work, name)
    return password


async def _begin_sessions(work: Transaction, account: str) -> None:
    """Every room hears of the credential that the account's sessions name; no token opens it."""
    credential = uuid4()
    event = CredentialIssued(
        credential=credential, token_sha256=token_hash(new_token()), role="admin", platform="", name=account
    )
    await _keep_and_say(work, event)
    update = "UPDATE account SET credential = :credential WHERE name = :name"
    await work.execute(update, {"credential": credential, "name": account})


async def viewer_of_password(work: Transaction, name: str, password: str) -> Viewer | None:
    """The account that signs in; takes the same time whether or not it exists."""
    query = "SELECT password_hash, credential FROM account WHERE name = :name"
    account = (await work.execute(query, {"name": name})).one_or_none()
    try:
        _hasher.verify(account.password_hash if account else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return None
    return Viewer(name, "admin", credential=str(account.credential)) if account else None


_NOBODY = _hasher.hash(secrets.token_urlsafe(15))


async def issue_token(work: Transaction, platform: str, name: str) -> tuple[UUID, str]:
    """A new token of a platform, shown once; every room learns its hash."""
    return await _issue(work, "platform", name, platform=platform)


async def issue_member_token(work: Transaction, member: str, name: str) -> tuple[UUID, str]:
    """A new token of a member, with which it reads what was filed in its name."""
    return await _issue(work, "member", name, member=member)


async def _issue(work: Transaction, role: Role, name: str, *, platform: str = "", member: str = "") -> tuple[UUID, str]:
    token, credential = new_token(), uuid4()
    event = CredentialIssued(
        credential=credential,
        token_sha256=token_hash(token),
        role=role,
        platform=platform,
        name=name,
        member=member,
    )
    await _keep_and_say(work, event)
    return credential, token


async def known_tokens(work: Transaction) -> list[Any]:
    """Every token ever made, without its secret."""
    query = """SELECT id, platform, name, revoked, member FROM credential WHERE role <> 'admin'
               ORDER BY member, platform, name, id"""
    return list(await work.execute(query))


async def revoke_token(work: Transaction, credential: UUID) -> bool:
    """False where there is no such token."""
    return await _revoke(work, credential, "platform", "member")


async def _revoke(work: Transaction, credential: UUID, *roles: Role) -> bool:
    query = """SELECT id AS credential, version, token_sha256, role, platform, name, revoked, member FROM credential
               WHERE id = :id AND role = ANY(:roles) FOR UPDATE"""
    row = (await work.execute(query, {"id": credential, "roles": list(roles)})).mappings().one_or_none()
    if row is None:
        return False
    if not row["revoked"]:
        event = CredentialIssued.model_validate({**row, "version": row["version"] + 1, "revoked": True})
        await _keep_and_say(work, event)
    return True


async def _keep_and_say(work: Transaction, event: CredentialIssued) -> None:
    await keep_credential(work, event)
    work.say(event)
