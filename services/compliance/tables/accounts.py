"""Accounts of people: who they are, their passwords, and the credential that their sessions name in every room."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from services.compliance.domain.passwords import check_password
from services.compliance.tables.credentials import begin_sessions, end_sessions
from shared.security import Role, Viewer
from shared.transaction import Transaction

ADMIN = "admin"
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(15))


class NameTaken(ValueError):
    """Another account has that name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """In whose name an account is: one of the three codes is set, for the roles that have one."""

    role: Role
    platform: str = ""
    member: str = ""
    firm: str = ""


def verify(password_hash: str | None, password: str) -> bool:
    """Takes the same time where there is no account."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


async def make_admin(work: Transaction, now: datetime) -> str | None:
    """The first admin account; returns its password, known to nobody else, or None where there is one already."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('compliance-accounts'))")
    password = None
    if not (await work.execute("SELECT count(*) FROM account")).scalar_one():
        password = secrets.token_urlsafe(15)
        await _insert(work, ADMIN, Actor("admin"), password, now)
    for row in list(await work.execute("SELECT * FROM account WHERE credential IS NULL AND closed_at IS NULL")):
        await begin_sessions(work, row)
    return password


_INSERT = """
INSERT INTO account (id, name, role, platform, member, firm, password_hash, created_at)
VALUES (:id, :name, :role, :platform, :member, :firm, :hash, :now) ON CONFLICT (name) DO NOTHING RETURNING id
"""


async def _insert(work: Transaction, name: str, actor: Actor, password: str, now: datetime) -> UUID:
    values = {"id": uuid4(), "name": name, "hash": _hasher.hash(password), "now": now}
    found = await work.execute(_INSERT, {**values, **asdict(actor)})
    if (row := found.one_or_none()) is None:
        raise NameTaken(name)
    identity: UUID = row.id
    return identity


async def make_account(work: Transaction, name: str, actor: Actor, password: str, now: datetime) -> UUID:
    """Raises WeakPassword, NameTaken. It opens its own sessions as soon as every room has heard of it."""
    check_password(password, about_of(name, actor))
    account = await _insert(work, name, actor, password, now)
    await begin_sessions(work, await find_account(work, account))
    return account


def about_of(name: str, actor: Any) -> list[str]:
    """What is known of whoever has the account, and tried first by others."""
    return [name, *name.replace("@", ".").split("."), actor.platform, actor.member, actor.firm]


async def find_account(work: Transaction, account: UUID) -> Any:
    return (await work.execute("SELECT * FROM account WHERE id = :id", {"id": account})).one()


async def account_named(work: Transaction, name: str) -> Any | None:
    """None where there is none, or it is closed."""
    query = "SELECT * FROM account WHERE name = :name AND closed_at IS NULL"
    return (await work.execute(query, {"name": name})).one_or_none()


async def account_of(work: Transaction, viewer: Viewer) -> Any | None:
    """The account whose session it is; None for whoever has signed in with a token."""
    query = "SELECT account.* FROM account WHERE credential = CAST(:credential AS uuid) AND closed_at IS NULL"
    return (await work.execute(query, {"credential": viewer.credential})).one_or_none()


def viewer_of(account: Any) -> Viewer:
    return Viewer(
        account.name,
        account.role,
        account.platform or None,
        str(account.credential),
        account.member or None,
        account.firm or None,
    )


async def change_password(work: Transaction, name: str) -> str | None:
    """A new password of the account, made here; None where there is no such account."""
    account = await account_named(work, name)
    if account is None:
        return None
    password = secrets.token_urlsafe(15)
    await set_password(work, account.id, password)
    return password


async def choose_password(work: Transaction, account: Any, password: str) -> None:
    """Raises WeakPassword."""
    check_password(password, about_of(account.name, account))
    await set_password(work, account.id, password)


async def set_password(work: Transaction, account: UUID, password: str) -> None:
    """The sessions begun with the old one end, in every room."""
    update = "UPDATE account SET password_hash = :hash WHERE id = :id"
    await work.execute(update, {"hash": _hasher.hash(password), "id": account})
    await renew_sessions(work, account)


async def renew_sessions(work: Transaction, account: UUID) -> None:
    """Every session of the account ends; those begun from now on are others."""
    row = (await work.execute("SELECT * FROM account WHERE id = :id FOR UPDATE", {"id": account})).one()
    if row.credential is not None:
        await end_sessions(work, row.credential)
    await begin_sessions(work, row)


async def close_account(work: Transaction, account: UUID, at: datetime) -> bool:
    """It signs in no more, and its sessions end; False where there is none open."""
    query = "UPDATE account SET closed_at = :at WHERE id = :id AND closed_at IS NULL RETURNING credential"
    row = (await work.execute(query, {"id": account, "at": at})).one_or_none()
    if row is None:
        return False
    if row.credential is not None:
        await end_sessions(work, row.credential)
    return True


async def list_accounts(work: Transaction) -> list[Any]:
    """Without their secrets."""
    query = """SELECT id, name, role, platform, member, firm, created_at, closed_at, secret_confirmed AS second_factor
               FROM account ORDER BY name"""
    return list(await work.execute(query))
