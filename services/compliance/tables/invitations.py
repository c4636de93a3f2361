"""Invitations: a link by mail, good once and for a few days, that lets its reader make an account."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.compliance.tables.accounts import Actor, make_account
from shared.transaction import Transaction

VALID_FOR = timedelta(days=3)


class NoSuchInvitation(LookupError):
    """There is none, or it was used, withdrawn, or is too old: not told which."""


_INSERT = """
INSERT INTO invitation (id, email, role, platform, member, firm, invited_by, invited_at, expires_at)
VALUES (:id, :email, :role, :platform, :member, :firm, :by, :at, :expires)
"""
_OPEN = """
SELECT * FROM invitation
WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :at FOR UPDATE
"""


async def invite(work: Transaction, email: str, actor: Actor, *, by: str, at: datetime) -> UUID:
    invitation = uuid4()
    times = {"at": at, "expires": at + VALID_FOR}
    await work.execute(_INSERT, {"id": invitation, "email": email.lower(), "by": by, **asdict(actor), **times})
    return invitation


async def open_invitation(work: Transaction, invitation: UUID, at: datetime) -> Any:
    """Raises NoSuchInvitation."""
    found = (await work.execute(_OPEN, {"id": invitation, "at": at})).one_or_none()
    if found is None:
        raise NoSuchInvitation
    return found


async def accept_invitation(work: Transaction, invitation: UUID, password: str, at: datetime) -> str:
    """The name of the account made. Raises NoSuchInvitation, WeakPassword, NameTaken."""
    found = await open_invitation(work, invitation, at)
    actor = Actor(found.role, found.platform, found.member, found.firm)
    await make_account(work, found.email, actor, password, at)
    await work.execute("UPDATE invitation SET used_at = :at WHERE id = :id", {"id": invitation, "at": at})
    return str(found.email)


async def withdraw_invitation(work: Transaction, invitation: UUID, at: datetime) -> bool:
    """False where none is open."""
    update = """UPDATE invitation SET withdrawn_at = :at
                WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL RETURNING id"""
    return (await work.execute(update, {"id": invitation, "at": at})).one_or_none() is not None


async def list_invitations(work: Transaction) -> list[Any]:
    """The newest first."""
    return list(await work.execute("SELECT * FROM invitation ORDER BY invited_at DESC, id LIMIT 500"))
