"""Requests that come again under the key that their sender gave them (`Idempotency-Key`)."""

import hashlib
from uuid import UUID

from services.ingestion.tables.sent import Sent
from shared.transaction import Transaction

_FIND = "SELECT fingerprint, submission FROM idempotency_key WHERE platform = :platform AND key = :key"
_KEEP = """
INSERT INTO idempotency_key (platform, key, fingerprint, submission)
VALUES (:platform, :key, :fingerprint, :submission) ON CONFLICT DO NOTHING
"""
_FORGET_OLD = "DELETE FROM idempotency_key WHERE platform = :platform AND used_at < now() - interval '30 days'"


class AnotherRequest(Exception):
    """The key was used for another file, form or period."""


async def answered(work: Transaction, sent: Sent) -> UUID | None:
    """The submission that this very request made before; raises AnotherRequest where the key means another."""
    if not sent.key:
        return None
    row = (await work.execute(_FIND, {"platform": sent.platform, "key": sent.key})).one_or_none()
    if row is None:
        return None
    if row.fingerprint != _fingerprint(sent):
        raise AnotherRequest
    found: UUID = row.submission
    return found


async def remember(work: Transaction, sent: Sent, submission: UUID) -> None:
    if sent.key:
        parameters = {"platform": sent.platform, "key": sent.key, "submission": submission}
        await work.execute(_FORGET_OLD, {"platform": sent.platform})
        await work.execute(_KEEP, parameters | {"fingerprint": _fingerprint(sent)})


def _fingerprint(sent: Sent) -> str:
    told = "\n".join((sent.form.code, sent.period, sent.content.sha256, str(sent.nil)))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
