"""Calendar feeds: an address that only its holder knows; its hash alone is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from shared.security import token_hash
from shared.transaction import Transaction

_END = "UPDATE calendar_feed SET ended_at = :at WHERE platform = :platform AND ended_at IS NULL"
_MAKE = """
INSERT INTO calendar_feed (token_sha256, platform, made_by, made_at) VALUES (:hash, :platform, :by, :at)
"""
_FIND = "SELECT platform FROM calendar_feed WHERE token_sha256 = :hash AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose due days it tells; "" = those of all."""

    platform: str


async def make_feed(work: Transaction, platform: str, *, by: str, at: datetime) -> str:
    """A new secret, shown once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    await work.execute(_END, {"platform": platform, "at": at})
    await work.execute(_MAKE, {"hash": token_hash(secret), "platform": platform, "by": by, "at": at})
    return secret


async def find_feed(work: Transaction, secret: str) -> Feed | None:
    platform = (await work.execute(_FIND, {"hash": token_hash(secret)})).scalar_one_or_none()
    return None if platform is None else Feed(platform)
