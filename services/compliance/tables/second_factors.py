"""The second factor of an account: sealed, confirmed by a first code, and what replaces it when it is lost."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.compliance.domain.second_factor import new_recovery_codes, new_secret, recovery_hash, step_of
from shared.sealing import seal, unseal
from shared.transaction import Transaction

_PURPOSE = "second factors"


def secret_of(account: Any, secret_key: str) -> str:
    """Raises NotOurs where the deployment's key has changed."""
    return unseal(secret_key, _PURPOSE, account.id, account.sealed_secret)


async def begin_second_factor(work: Transaction, account: UUID, secret_key: str) -> str:
    """A new secret, which asks for nothing until a code of it was given."""
    secret = new_secret()
    update = "UPDATE account SET sealed_secret = :sealed WHERE id = :id AND NOT secret_confirmed"
    await work.execute(update, {"id": account, "sealed": seal(secret_key, _PURPOSE, account, secret)})
    return secret


async def confirm_second_factor(
    work: Transaction, account: Any, code: str, at: datetime, secret_key: str
) -> list[str] | None:
    """From now on each sign-in needs a code; the recovery codes, shown once. None where the code is wrong."""
    if account.sealed_secret is None or account.secret_confirmed:
        return None
    step = step_of(secret_of(account, secret_key), code.replace(" ", ""), at)
    if step is None:
        return None
    update = "UPDATE account SET secret_confirmed = true, last_step = :step WHERE id = :id"
    await work.execute(update, {"id": account.id, "step": step})
    codes = new_recovery_codes()
    for one in codes:
        insert = "INSERT INTO recovery_code (account, sha256) VALUES (:account, :sha256)"
        await work.execute(insert, {"account": account.id, "sha256": recovery_hash(one)})
    return codes


async def end_second_factor(work: Transaction, account: UUID) -> None:
    """Its codes and recovery codes are worth nothing any more."""
    update = "UPDATE account SET sealed_secret = NULL, secret_confirmed = false WHERE id = :id"
    await work.execute(update, {"id": account})
    await work.execute("DELETE FROM recovery_code WHERE account = :id", {"id": account})


async def recovery_codes_left(work: Transaction, account: UUID) -> int:
    query = "SELECT count(*) FROM recovery_code WHERE account = :id AND used_at IS NULL"
    return int((await work.execute(query, {"id": account})).scalar_one())
