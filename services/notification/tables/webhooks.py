"""Webhooks of platforms, what is on its way to them, and the ledger of attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.notification.domain.webhooks import MOST_WEBHOOKS, Answer, pause_after, why_disabled
from services.notification.tables.sealing import new_secret, seal
from shared.transaction import Transaction

# The lock keeps two registrations at once from passing the limit together.
_REGISTER = """
INSERT INTO webhook (id, platform, url, sealed_secret, created_by)
SELECT :id, :platform, :url, :sealed, :by
WHERE (SELECT count(*) FROM webhook WHERE platform = :platform AND removed_at IS NULL) < :most
RETURNING id
"""
_LIST = """
SELECT id, platform, url, created_at, created_by, disabled_at, disabled_why,
       (SELECT count(*) FROM webhook_delivery WHERE webhook = webhook.id AND state = 'pending') AS waiting
FROM webhook WHERE removed_at IS NULL ORDER BY platform, created_at, id
"""
_REMOVE = """
UPDATE webhook SET removed_at = now(), sealed_secret = NULL WHERE id = :id AND removed_at IS NULL RETURNING id
"""
_ENABLE = """
UPDATE webhook SET disabled_at = NULL, disabled_why = NULL WHERE id = :id AND removed_at IS NULL RETURNING id
"""
_AGAIN = """
UPDATE webhook_delivery SET state = 'pending', attempts = 0, next_try_at = now()
WHERE webhook = :id AND state <> 'sent'
"""
_TELL = """
INSERT INTO webhook_delivery (id, webhook, platform, type, subject, body)
SELECT gen_random_uuid(), id, platform, :type, :subject, :body FROM webhook WHERE removed_at IS NULL
ON CONFLICT DO NOTHING
"""
# Another process may have died with what it had taken: its lease ends, and it is taken again.
_CLAIM = """
UPDATE webhook_delivery AS taken SET next_try_at = now() + make_interval(secs => :lease)
FROM webhook WHERE webhook.id = taken.webhook AND taken.id IN (
    SELECT delivery.id FROM webhook_delivery AS delivery JOIN webhook ON webhook.id = delivery.webhook
    WHERE delivery.state = 'pending' AND delivery.next_try_at <= now()
      AND webhook.disabled_at IS NULL AND webhook.removed_at IS NULL
    ORDER BY delivery.next_try_at, delivery.id LIMIT :many FOR UPDATE OF delivery SKIP LOCKED
)
RETURNING taken.id, taken.webhook, taken.platform, taken.body, taken.attempts, webhook.url, webhook.sealed_secret
"""
_ATTEMPT = """
INSERT INTO webhook_attempt (delivery, platform, at, milliseconds, status, answer)
VALUES (:id, :platform, :at, :milliseconds, :status, :answer)
"""
_SETTLE = """
UPDATE webhook_delivery
SET state = :state, attempts = attempts + 1, sent_at = CAST(:sent_at AS timestamptz),
    next_try_at = coalesce(CAST(:next_try_at AS timestamptz), next_try_at)
WHERE id = :id AND state = 'pending'
"""
_DISABLE = "UPDATE webhook SET disabled_at = now(), disabled_why = :why WHERE id = :id AND disabled_at IS NULL"
_DELIVERIES = """
SELECT delivery.id, type, subject, state, attempts, created_at, sent_at,
       CASE WHEN state = 'pending' THEN next_try_at END AS next_try_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', at, 'milliseconds', milliseconds, 'status', status,
                                                     'answer', answer) ORDER BY position)
                 FROM webhook_attempt WHERE delivery = delivery.id), '[]') AS tries
FROM webhook_delivery AS delivery WHERE webhook = :id ORDER BY created_at DESC, delivery.id LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery that this process may make until its lease ends; `tries`: those before it."""

    id: UUID
    webhook: UUID
    platform: str
    url: str
    sealed_secret: bytes
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Called:
    """A call and what became of it."""

    call: Call
    answer: Answer
    at: datetime
    milliseconds: int


async def register(work: Transaction, platform: str, url: str, by: str, secret_key: str) -> tuple[UUID, str] | None:
    """Its number and its secret, which is never told again; None where the platform has as many as it may."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('webhook/' || :platform))", {"platform": platform})
    identity, secret = uuid4(), new_secret()
    values = {"id": identity, "platform": platform, "url": url, "by": by, "most": MOST_WEBHOOKS}
    row = await work.execute(_REGISTER, {**values, "sealed": seal(secret_key, identity, secret)})
    return (identity, secret) if row.one_or_none() else None


async def list_webhooks(work: Transaction) -> Sequence[Any]:
    """Those that PostgreSQL shows to whoever asks."""
    return (await work.execute(_LIST)).all()


async def remove(work: Transaction, identity: UUID) -> bool:
    """Nothing more goes there, and its secret is forgotten; the ledger stays."""
    return (await work.execute(_REMOVE, {"id": identity})).one_or_none() is not None


async def enable(work: Transaction, identity: UUID) -> bool:
    """What could not be delivered is tried again from the beginning."""
    found = (await work.execute(_ENABLE, {"id": identity})).one_or_none() is not None
    if found:
        await work.execute(_AGAIN, {"id": identity})
    return found


async def tell_all(work: Transaction, kind: str, subject: str, body: str) -> None:
    """To every webhook, once; one that is disabled finds it when it is enabled again."""
    await work.execute(_TELL, {"type": kind, "subject": subject, "body": body})


async def claim_calls(work: Transaction, many: int, lease: float) -> list[Call]:
    rows = await work.execute(_CLAIM, {"many": many, "lease": lease})
    return [Call(row.id, row.webhook, row.platform, row.url, row.sealed_secret, row.body, row.attempts) for row in rows]


async def settle_call(work: Transaction, called: Called) -> None:
    """Notes the attempt and what follows from it."""
    call, answer, tries = called.call, called.answer, called.call.tries + 1
    about = {"id": call.id, "platform": call.platform, "at": called.at, "milliseconds": called.milliseconds}
    await work.execute(_ATTEMPT, {**about, "status": answer.status, "answer": answer.words})
    why, pause = why_disabled(answer, tries), pause_after(tries)
    state = "sent" if answer.is_taken else "failed" if why else "pending"
    next_try_at = called.at + pause if state == "pending" and pause else None
    sent_at = called.at if state == "sent" else None
    await work.execute(_SETTLE, {"id": call.id, "state": state, "next_try_at": next_try_at, "sent_at": sent_at})
    if why:
        await work.execute(_DISABLE, {"id": call.webhook, "why": why})


async def deliveries_of(work: Transaction, identity: UUID) -> Sequence[Any] | None:
    """The newest 200 with their attempts; None where there is no such webhook to see."""
    found = await work.execute("SELECT 1 FROM webhook WHERE id = :id AND removed_at IS NULL", {"id": identity})
    if found.first() is None:
        return None
    return (await work.execute(_DELIVERIES, {"id": identity})).all()
