"""Receipts: one for each submission kept, signed and chained in its transaction; the keys that signed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ingestion.domain.signing import Signer
from services.ingestion.tables.chains import KNOW_KEY, MOVE_HEAD, Chain, add_to_chain, spelled
from services.ingestion.tables.models import Submission
from shared.transaction import Transaction

_KEEP = f"""
WITH {KNOW_KEY}, {MOVE_HEAD}
INSERT INTO receipt (position, submission, platform, key, signed)
VALUES (:last, :submission, :platform, :key, :signed)
"""
_FIND = "SELECT signed FROM receipt WHERE submission = :submission"
_FROM = "SELECT signed FROM {chain} WHERE position >= :first ORDER BY position LIMIT :many"
_KEYS = "SELECT key, public_key, valid_from, valid_to FROM receipt_key ORDER BY valid_from, key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signed, with the first and, once another had taken over, the last moment at which it could."""

    key: str
    public_key: str
    valid_from: datetime
    valid_to: datetime | None


async def give_receipt(work: Transaction, submission: Submission, signer: Signer) -> None:
    """What is still to be said is said first, so that the chain is held for the shortest time."""
    await work.flush_said()
    links = await add_to_chain(work, "receipt", [_content(submission)], submission.received_at, signer)
    about = {"submission": submission.id, "platform": submission.platform, "signed": links.signed[0].decode()}
    await work.execute(_KEEP, {**links.parameters, **about})


def _content(submission: Submission) -> dict[str, Any]:
    same = (
        *("number", "platform", "form", "period", "version", "sha256", "size", "verdict"),
        *("rows_accepted", "rows_refused", "rows_blank", "error_count", "certified_by"),
    )
    content = {name: getattr(submission, name) for name in same}
    return {"format": 1, "submission": str(submission.id), "time": spelled(submission.received_at), **content}


async def receipt_of(work: Transaction, submission: UUID) -> bytes | None:
    """The bytes as signed; None for what has none, does not exist or is another's."""
    signed: str | None = (await work.execute(_FIND, {"submission": submission})).scalar_one_or_none()
    return None if signed is None else signed.encode()


async def links_from(work: Transaction, chain: Chain, first: int, many: int) -> Sequence[bytes]:
    """So many statements of a chain, from that position on, in order."""
    found = await work.execute(_FROM.format(chain=chain), {"first": first, "many": many})
    return [signed.encode() for signed in found.scalars()]


async def public_keys(work: Transaction) -> Sequence[PublicKey]:
    return [PublicKey(**row._mapping) for row in await work.execute(_KEYS)]
