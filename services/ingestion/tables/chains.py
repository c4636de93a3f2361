"""Chains of signed statements: gap-free and in order, whoever adds to them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from services.ingestion.domain.signing import Signer
from shared.transaction import Transaction

Chain = Literal["receipt", "destruction"]

_LOCK = "SELECT position, sha256 FROM chain_head WHERE chain = :chain FOR UPDATE"
_BEGIN = "INSERT INTO chain_head (chain, position) VALUES (:chain, 0) ON CONFLICT DO NOTHING"
# A key is valid from its first signature until another takes over; a process that is late with the change extends it.
KNOW_KEY = """
new_key AS (
    INSERT INTO receipt_key (key, public_key, valid_from)
    SELECT :key, :public_key, CAST(:time AS timestamptz) WHERE NOT EXISTS (SELECT FROM receipt_key WHERE key = :key)
    ON CONFLICT DO NOTHING RETURNING key
), taken_over AS (
    UPDATE receipt_key SET valid_to = :time WHERE valid_to IS NULL AND EXISTS (SELECT FROM new_key)
), extended AS (
    UPDATE receipt_key
    SET valid_from = least(valid_from, :time), valid_to = CASE WHEN valid_to < :time THEN :time ELSE valid_to END
    WHERE key = :key AND (valid_to < :time OR valid_from > :time)
)
"""
MOVE_HEAD = "moved AS (UPDATE chain_head SET position = :last, sha256 = :sha256 WHERE chain = :chain)"


@dataclass(frozen=True, slots=True)
class Links:
    """Statements signed one after the other, and what the statement that keeps them needs beside them."""

    first: int
    signed: Sequence[bytes]
    parameters: dict[str, Any]


async def add_to_chain(
    work: Transaction, chain: Chain, contents: Sequence[dict[str, Any]], time: datetime, signer: Signer
) -> Links:
    """Signs at least one statement as the next of its chain; the head stays locked until the commit.

    Whoever adds waits for it: it is to be the last thing that a transaction does.
    """
    head = await _locked_head(work, chain)
    previous, signed = head.sha256, []
    for position, content in enumerate(contents, start=head.position + 1):
        link = signer.signed({**content, "kind": chain, "position": position, "previous": previous})
        previous = sha256(link).hexdigest()
        signed.append(link)
    key = {"key": signer.key, "public_key": signer.public_key, "time": time}
    moved = {"chain": chain, "last": head.position + len(signed), "sha256": previous}
    return Links(head.position + 1, signed, {**key, **moved})


async def _locked_head(work: Transaction, chain: Chain) -> Any:
    if (head := (await work.execute(_LOCK, {"chain": chain})).one_or_none()) is None:
        await work.execute(_BEGIN, {"chain": chain})
        head = (await work.execute(_LOCK, {"chain": chain})).one()
    return head


def spelled(moment: datetime) -> str:
    """One spelling for one moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
