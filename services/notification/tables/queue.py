"""Messages on their way to the mail server: taken with a lease, marked, and put back where they failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.delivery import Outcome
from services.notification.domain.letters import Content, Enclosure, Letter
from services.notification.domain.mime import Envelope
from services.notification.tables.messages import WAKE
from shared.events import MessageFailed, MessageSent
from shared.transaction import Transaction

_ADDRESSES = """
UPDATE message SET addresses = addresses_of(known.body, message.kind, message.day)
FROM registry_subject AS known
WHERE message.addresses IS NULL AND message.state = 'pending'
  AND known.kind = message.recipient_kind AND known.code = message.recipient
"""
# Another process may have died with what it had taken: its lease ends, and the messages can be taken again.
_CLAIM = """
UPDATE message SET next_try_at = now() + make_interval(secs => :lease)
WHERE id IN (
    SELECT id FROM message
    WHERE state IN ('pending', 'unknown') AND next_try_at <= now()
      AND (addresses IS NOT NULL OR created_at < now() - make_interval(secs => :patience))
    ORDER BY next_try_at, id LIMIT :many FOR UPDATE SKIP LOCKED
)
RETURNING id, sender, addresses, copies, message_id, dated, letter, state, attempts
"""
_LETTERS = """
SELECT letter.sha256, title, html.bytes AS html, text.bytes AS text
FROM letter JOIN content AS html ON html.sha256 = letter.html JOIN content AS text ON text.sha256 = letter.text
WHERE letter.sha256 = ANY(CAST(:letters AS text[]))
"""
_ENCLOSURES = """
SELECT letter, name, media_type, bytes FROM enclosure JOIN content ON content.sha256 = enclosure.content
WHERE letter = ANY(CAST(:letters AS text[])) ORDER BY letter, position
"""
_SETTLE = """
UPDATE message
SET state = o.state, attempts = attempts + o.tried, next_try_at = o.next_try_at, sent_at = o.sent_at,
    last_error = CASE WHEN o.tried = 0 THEN coalesce(o.error, last_error) ELSE o.error END
FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:tried AS int[]), CAST(:errors AS text[]),
            CAST(:next_tries AS timestamptz[]), CAST(:sent AS timestamptz[]))
     AS o (id, state, tried, error, next_try_at, sent_at)
WHERE message.id = o.id AND message.state IN ('pending', 'unknown')
RETURNING message.id, kind, subject, recipient, version, message.state, message.sent_at, last_error
"""
# To the addresses that the registry has now, and with all the patience of a new message.
_PUT_BACK = """
UPDATE message SET state = 'pending', attempts = 0, next_try_at = now(),
                   addresses = addresses_of(known.body, message.kind, message.day) || copies
FROM registry_subject AS known
WHERE message.id = :id AND message.state = 'failed'
  AND cardinality(addresses_of(known.body, message.kind, message.day)) > 0
  AND known.kind = message.recipient_kind AND known.code = message.recipient
RETURNING message.id
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that this process may send until its lease ends."""

    id: UUID
    envelope: Envelope
    letter: str
    state: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended, what the parcel is since, and from when on it may be tried again."""

    parcel: Parcel
    attempt: Outcome
    outcome: Outcome
    at: datetime
    next_try_at: datetime


async def claim(work: Transaction, many: int, lease: float, patience: float) -> list[Parcel]:
    """Takes messages whose time has come; one without a known recipient only after `patience` seconds."""
    await work.execute(_ADDRESSES)
    rows = await work.execute(_CLAIM, {"many": many, "lease": lease, "patience": patience})
    return [
        Parcel(
            row.id,
            Envelope(row.sender, tuple(row.addresses or ()), row.message_id, row.dated, tuple(row.copies)),
            row.letter,
            row.state,
            row.attempts,
        )
        for row in rows
    ]


async def read_letters(work: Transaction, fingerprints: Sequence[str]) -> list[Letter]:
    enclosures: dict[str, list[Enclosure]] = {}
    for row in await work.execute(_ENCLOSURES, {"letters": list(fingerprints)}):
        enclosures.setdefault(row.letter, []).append(Enclosure(row.name, Content(row.media_type, row.bytes)))
    return [
        Letter(
            row.title,
            Content("text/html", row.html),
            Content("text/plain", row.text),
            tuple(enclosures.get(row.sha256, ())),
        )
        for row in await work.execute(_LETTERS, {"letters": list(fingerprints)})
    ]


async def settle(work: Transaction, settled: Sequence[Settled]) -> None:
    """Marks them together and says what is final; a mark already made by another process stands."""
    parameters = {
        "ids": [one.parcel.id for one in settled],
        "states": [one.outcome.state for one in settled],
        "tried": [int(one.outcome.tried) for one in settled],
        "errors": [one.outcome.error for one in settled],
        "next_tries": [one.next_try_at for one in settled],
        "sent": [one.at if one.outcome.state == "sent" else None for one in settled],
    }
    for row in (await work.execute(_SETTLE, parameters)).all():
        about = {"message": row.id, "kind": row.kind, "subject": row.subject, "recipient": row.recipient}
        if row.state == "sent":
            work.say(MessageSent(**about, version=row.version, sent_at=row.sent_at))
        elif row.state == "failed":
            work.say(MessageFailed(**about, version=row.version, reason=row.last_error))


async def put_back(work: Transaction, message: UUID) -> bool:
    """A failed message is to be sent again, as it was made; False where it has not failed, or has no address."""
    row = (await work.execute(_PUT_BACK, {"id": message})).one_or_none()
    await work.execute("SELECT pg_notify(:channel, '')", {"channel": WAKE})
    return row is not None


async def pending_messages(work: Transaction) -> dict[str, int]:
    """What is still to be sent or decided, by name."""
    query = """
    SELECT (SELECT count(*) FROM message WHERE state IN ('pending', 'unknown')) AS messages,
           (SELECT count(*) FROM reminder WHERE decided_at IS NULL) AS reminders,
           (SELECT count(*) FROM late_list WHERE decided_at IS NULL) AS late_lists,
           (SELECT count(*) FROM issue WHERE bundled_at IS NULL) AS issues,
           (SELECT count(*) FROM webhook_delivery JOIN webhook ON webhook.id = webhook_delivery.webhook
            WHERE state = 'pending' AND attempts = 0 AND disabled_at IS NULL AND removed_at IS NULL) AS webhooks
    """
    row = (await work.execute(query)).one()
    return dict(row._mapping)
