"""The ledger of attempts to send, and the addresses that were refused for good."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.notification.domain.delivery import Outcome
from services.notification.domain.mime import is_address
from services.notification.tables.queue import Settled
from shared.transaction import Transaction

# A server that is away is knocked at for days: what ends alike before anybody was shown the message is one line.
_NOTED = """
WITH made AS (
    SELECT CAST(one ->> 'message' AS uuid) AS message, CAST(one ->> 'at' AS timestamptz) AS at,
           ARRAY(SELECT jsonb_array_elements_text(one -> 'addresses')) AS addresses,
           one ->> 'outcome' AS outcome, one ->> 'answer' AS answer
    FROM jsonb_array_elements(CAST(:attempts AS jsonb)) AS one
), last AS (
    SELECT DISTINCT ON (message) message, position, outcome, answer, addresses FROM attempt
    WHERE message IN (SELECT message FROM made) ORDER BY message, position DESC
), repeated AS (
    UPDATE attempt SET times = times + 1, last_at = made.at FROM made JOIN last USING (message)
    WHERE attempt.position = last.position AND made.outcome = 'unreachable'
      AND (last.outcome, last.answer, last.addresses) IS NOT DISTINCT FROM (made.outcome, made.answer, made.addresses)
    RETURNING attempt.message
)
INSERT INTO attempt (message, recipient_kind, recipient, first_at, last_at, addresses, outcome, answer)
SELECT made.message, recipient_kind, recipient, made.at, made.at, made.addresses,
       made.outcome, made.answer
FROM made JOIN message ON message.id = made.message
WHERE made.message NOT IN (SELECT message FROM repeated) ORDER BY made.at
"""
_BOUNCED = """
WITH refused AS (
    SELECT recipient_kind, recipient, address, answer, at, message.id AS message,
           count(*) OVER same AS times, min(at) OVER same AS first_at,
           row_number() OVER (PARTITION BY recipient_kind, recipient, address ORDER BY at DESC, message.id) AS age
    FROM jsonb_to_recordset(CAST(:refusals AS jsonb)) AS one (message uuid, at timestamptz, address text, answer text)
    JOIN message ON message.id = one.message WINDOW same AS (PARTITION BY recipient_kind, recipient, address)
)
INSERT INTO bounce (recipient_kind, recipient, address, answer, first_at, last_at, times, message)
SELECT recipient_kind, recipient, address, answer, first_at, at, times, message FROM refused WHERE age = 1
ORDER BY recipient_kind, recipient, address
ON CONFLICT (recipient_kind, recipient, address) DO UPDATE
SET answer = excluded.answer, last_at = excluded.last_at, times = bounce.times + excluded.times,
    message = excluded.message
"""
_TAKEN = """
DELETE FROM bounce USING message, jsonb_to_recordset(CAST(:taken AS jsonb)) AS taken (message uuid, address text)
WHERE message.id = taken.message AND bounce.recipient_kind = message.recipient_kind
  AND bounce.recipient = message.recipient AND bounce.address = taken.address
"""
_OF_MESSAGE = """
SELECT first_at, last_at, times, addresses, outcome, answer FROM attempt WHERE message = :message ORDER BY position
"""
_BOUNCES = """
SELECT recipient_kind, recipient, address, answer, first_at, last_at, times, message,
       (SELECT known.body ->> 'name' FROM registry_subject AS known
        WHERE known.kind = bounce.recipient_kind AND known.code = bounce.recipient) AS recipient_name
FROM bounce ORDER BY array_position(ARRAY['central', 'platform', 'member'], recipient_kind), recipient, address
"""


async def note_attempts(work: Transaction, settled: Sequence[Settled]) -> None:
    """Whatever a server was asked, and what it said; what was never tried leaves no trace."""
    tried = [one for one in settled if one.attempt.tried or one.attempt.error]
    if not tried:
        return
    await work.execute(_NOTED, {"attempts": json.dumps([_attempt(one) for one in tried])})
    await _note_refusals(work, tried)


def _attempt(one: Settled) -> dict[str, Any]:
    return {
        "message": str(one.parcel.id),
        "at": _moment(one.at),
        "addresses": list(one.parcel.envelope.addresses),
        "outcome": ending(one.attempt),
        "answer": one.attempt.answer or one.attempt.error,
    }


def ending(outcome: Outcome) -> str:
    """One word for how an attempt ended."""
    if not outcome.tried:
        return "unreachable"
    return "put_off" if outcome.state == "pending" else outcome.state


def _moment(at: datetime) -> str:
    return at.isoformat()


async def _note_refusals(work: Transaction, tried: Sequence[Settled]) -> None:
    refusals = [
        {"message": str(one.parcel.id), "at": _moment(one.at), "address": address, "answer": answer}
        for one in tried
        for address, answer in one.attempt.refusals
    ]
    if refusals:
        await work.execute(_BOUNCED, {"refusals": json.dumps(refusals)})
    taken = [{"message": str(one.parcel.id), "address": address} for one in tried for address in _taken_addresses(one)]
    if taken:
        await work.execute(_TAKEN, {"taken": json.dumps(taken)})


def _taken_addresses(one: Settled) -> list[str]:
    """Those that a server has just taken mail for: they are reached again."""
    refused = {address for address, _ in one.attempt.refusals}
    if one.attempt.state != "sent":
        return []
    return [address for address in one.parcel.envelope.addresses if address not in refused and is_address(address)]


async def attempts_of(work: Transaction, message: Any) -> Sequence[Any]:
    return (await work.execute(_OF_MESSAGE, {"message": message})).all()


async def bounced_addresses(work: Transaction) -> Sequence[Any]:
    """Those that the last attempt found refused."""
    return (await work.execute(_BOUNCES)).all()
