"""Signing in with an account: wrong passwords counted by name, codes taken once."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.compliance.domain.lockout import FORGOTTEN_AFTER, wait_after
from services.compliance.domain.second_factor import recovery_hash, step_of
from services.compliance.tables.accounts import account_named, verify, viewer_of
from services.compliance.tables.second_factors import secret_of
from shared.database import Database
from shared.security import Viewer
from shared.transaction import Transaction


class WrongPassword(Exception):
    """No account of that name has that password, or its second factor is wrong: not told which."""


class CodeNeeded(Exception):
    """The password is right; the account wants a code of its second factor, too."""


class MustWait(Exception):
    """Too many failures under that name."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody has typed, and when."""

    name: str
    password: str
    code: str
    at: datetime


# Counted before the password is looked at: those that try many at once gain nothing by it.
_COUNT = """
INSERT INTO sign_in_failure AS kept (name_sha256, failures, last_at) VALUES (:name, 1, :at)
ON CONFLICT (name_sha256) DO UPDATE SET last_at = :at,
    failures = CASE WHEN kept.last_at < :forgotten THEN 1 ELSE kept.failures + 1 END
"""


async def sign_in(database: Database, attempt: Attempt, secret_key: str) -> Viewer:
    """The account that signs in. Raises WrongPassword, CodeNeeded, MustWait."""
    async with database.transaction() as work:
        await _count(work, attempt)
        account = await account_named(work, attempt.name)
    is_right = await asyncio.to_thread(verify, account and account.password_hash, attempt.password)
    if account is None or not is_right:
        raise WrongPassword
    async with database.transaction() as work:
        if account.secret_confirmed:
            await _take_code(work, account, attempt, secret_key)
        await work.execute("DELETE FROM sign_in_failure WHERE name_sha256 = :name", {"name": _hashed(attempt.name)})
    return viewer_of(account)


def _hashed(name: str) -> str:
    """What is tried as a name may be a password typed into the wrong field."""
    return hashlib.sha256(name.encode()).hexdigest()


async def _count(work: Transaction, attempt: Attempt) -> None:
    name = _hashed(attempt.name)
    await work.execute("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))", {"name": name})
    query = "SELECT failures, last_at FROM sign_in_failure WHERE name_sha256 = :name"
    known = (await work.execute(query, {"name": name})).one_or_none()
    if known is not None:
        left = known.last_at + wait_after(known.failures) - attempt.at
        if left > timedelta():
            raise MustWait(int(left.total_seconds()) + 1)
    await work.execute(_COUNT, {"name": name, "at": attempt.at, "forgotten": attempt.at - FORGOTTEN_AFTER})


_USE_STEP = "UPDATE account SET last_step = :step WHERE id = :id AND last_step < :step RETURNING id"
_USE_RECOVERY = """
UPDATE recovery_code SET used_at = :at WHERE account = :id AND sha256 = :sha256 AND used_at IS NULL RETURNING account
"""


async def _take_code(work: Transaction, account: Any, attempt: Attempt, secret_key: str) -> None:
    code = attempt.code.replace(" ", "")
    if not code:
        raise CodeNeeded
    if code.isascii() and code.isdigit():
        step = step_of(secret_of(account, secret_key), code, attempt.at)
        used = step is not None and (await work.execute(_USE_STEP, {"id": account.id, "step": step})).one_or_none()
    else:
        values = {"id": account.id, "sha256": recovery_hash(code), "at": attempt.at}
        used = (await work.execute(_USE_RECOVERY, values)).one_or_none()
    if not used:
        raise WrongPassword
