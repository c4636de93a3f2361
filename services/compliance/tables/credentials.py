"""Accounts and tokens: who may open which door."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.events import CredentialIssued
from shared.readings import keep_credential
from shared.security import new_token, token_hash
from shared.transaction import Transaction

ADMIN = "admin"
_hasher = PasswordHasher()


async def make_admin(work: Transaction, now: datetime) -> str | None:
    """The first admin account; returns its password, known to nobody else, or None where there is one already."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-accounts'))")
    if (await work.execute("SELECT count(*) FROM account")).scalar_one():
        return None
    password = secrets.token_urlsafe(15)
    await work.execute(
        "INSERT INTO account (id, name, role, password_hash, created_at) VALUES (:id, :name, 'admin', :hash, :now)",
        {"id": uuid4(), "name": ADMIN, "hash": _hasher.hash(password), "now": now},
    )
    return password


async def password_matches(work: Transaction, name: str, password: str) -> bool:
    """Takes the same time whether or not the account exists."""
    query = "SELECT password_hash FROM account WHERE name = :name"
    known = (await work.execute(query, {"name": name})).scalar_one_or_none()
    try:
        return _hasher.verify(known or _NOBODY, password) and known is not None
    except (Argon2Error, InvalidHashError):
        return False


_NOBODY = _hasher.hash(secrets.token_urlsafe(15))


async def issue_token(work: Transaction, platform: str, name: str) -> tuple[UUID, str]:
    """A new token of a platform, shown once; every room learns its hash."""
    token, credential = new_token(), uuid4()
    event = CredentialIssued(
        credential=credential, token_sha256=token_hash(token), role="platform", platform=platform, name=name
    )
    await keep_credential(work, event)
    work.say(event)
    return credential, token


async def revoke_token(work: Transaction, credential: UUID) -> bool:
    """False where there is no such token."""
    query = "SELECT version, token_sha256, platform, name, revoked FROM credential WHERE id = :id FOR UPDATE"
    row = (await work.execute(query, {"id": credential})).one_or_none()
    if row is None:
        return False
    if row.revoked:
        return True
    event = CredentialIssued(
        credential=credential,
        version=row.version + 1,
        token_sha256=row.token_sha256,
        role="platform",
        platform=row.platform,
        name=row.name,
        revoked=True,
    )
    await keep_credential(work, event)
    work.say(event)
    return True
