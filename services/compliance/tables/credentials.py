"""Tokens, and the credentials that the sessions of accounts name: who may open which door."""

from typing import Any
from uuid import UUID, uuid4

from shared.events import CredentialIssued, SessionEnded
from shared.readings import keep_credential, keep_session_end
from shared.security import Role, Viewer, new_token, token_hash
from shared.transaction import Transaction


async def begin_sessions(work: Transaction, account: Any) -> None:
    """Every room hears of the credential that the account's sessions name; no token opens it."""
    credential = uuid4()
    event = CredentialIssued(
        credential=credential,
        token_sha256=token_hash(new_token()),
        role=account.role,
        platform=account.platform,
        member=account.member,
        firm=account.firm,
        name=account.name,
    )
    await _keep_and_say(work, event)
    values = {"credential": credential, "account": account.id}
    await work.execute("INSERT INTO account_credential (credential, account) VALUES (:credential, :account)", values)
    await work.execute("UPDATE account SET credential = :credential WHERE id = :account", values)


async def end_sessions(work: Transaction, credential: UUID) -> None:
    """Those that name this credential open nothing any more, wherever that was heard."""
    await _revoke(work, credential, of_account=True)


async def end_session(work: Transaction, viewer: Viewer) -> None:
    """This session alone."""
    if viewer.session:
        event = SessionEnded(session=viewer.session)
        await keep_session_end(work, event)
        work.say(event)


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
    query = """SELECT id, platform, name, revoked, member FROM credential
               WHERE role IN ('platform', 'member') AND id NOT IN (SELECT credential FROM account_credential)
               ORDER BY member, platform, name, id"""
    return list(await work.execute(query))


async def revoke_token(work: Transaction, credential: UUID) -> bool:
    """False where there is no such token."""
    return await _revoke(work, credential, of_account=False)


async def _revoke(work: Transaction, credential: UUID, *, of_account: bool) -> bool:
    query = """
        SELECT id AS credential, version, token_sha256, role, platform, name, revoked, member, firm FROM credential
        WHERE id = :id AND EXISTS (SELECT FROM account_credential AS kept WHERE kept.credential = id) = :of_account
        FOR UPDATE"""
    row = (await work.execute(query, {"id": credential, "of_account": of_account})).mappings().one_or_none()
    if row is None:
        return False
    if not row["revoked"]:
        event = CredentialIssued.model_validate({**row, "version": row["version"] + 1, "revoked": True})
        await _keep_and_say(work, event)
    return True


async def _keep_and_say(work: Transaction, event: CredentialIssued) -> None:
    await keep_credential(work, event)
    work.say(event)
