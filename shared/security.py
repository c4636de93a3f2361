"""Who is asking: tokens known by their hash, sessions signed with the deployment's key."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.transaction import Transaction

Role = Literal["admin", "platform", "member"]
SESSION_SECONDS = 12 * 3600
_PREFIX = "plt_"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in; `platform` is set for a platform only, `member` for a member only.

    `credential` is what opened the door.
    """

    name: str
    role: Role
    platform: str | None = None
    credential: str | None = None
    member: str | None = None

    @property
    def sees(self) -> str:
        """Whose rows PostgreSQL shows: a platform's own, those in a member's name, or all.

        No code holds a slash: a member's view is no platform's, whatever its code.
        """
        if self.role == "admin":
            return "*"
        return f"member/{self.member or ''}" if self.role == "member" else self.platform or ""

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


_OPENED_BY = """
SELECT id, name, role, platform, member FROM credential
WHERE token_sha256 = :hash AND NOT revoked
  AND (role = 'platform' AND platform <> '' OR role = 'member' AND member <> '')
"""


def new_token() -> str:
    """256 random bits; only its hash is kept."""
    return _PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="pilotage-session-v1")


def sign_session(secret_key: str, viewer: Viewer) -> str:
    value = {"n": viewer.name, "r": viewer.role, "p": viewer.platform, "c": viewer.credential, "m": viewer.member}
    return _signer(secret_key).dumps(value)


def read_session(secret_key: str, session: str) -> Viewer | None:
    """None where the signature is wrong or the session too old."""
    try:
        value = _signer(secret_key).loads(session, max_age=SESSION_SECONDS)
    except BadSignature:
        return None
    return Viewer(value["n"], value["r"], value["p"], value["c"], value.get("m"))


async def viewer_of_token(work: Transaction, token: str) -> Viewer | None:
    """The platform or member a token belongs to, as this room has heard; None where unknown or revoked."""
    row = (await work.execute(_OPENED_BY, {"hash": token_hash(token)})).one_or_none()
    return row and Viewer(row.name, row.role, row.platform or None, str(row.id), row.member or None)


async def still_valid(work: Transaction, viewer: Viewer) -> bool:
    """A session ends with the token that opened it, an admin's with the password."""
    query = "SELECT 1 FROM credential WHERE id = CAST(:id AS uuid) AND role = :role AND NOT revoked"
    values = {"id": viewer.credential, "role": viewer.role}
    return (await work.execute(query, values)).one_or_none() is not None
