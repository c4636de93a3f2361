"""Who is asking: platform tokens known by their hash, sessions signed with the deployment's key."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.transaction import Transaction

Role = Literal["admin", "platform"]
SESSION_SECONDS = 12 * 3600
_PREFIX = "plt_"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in; `platform` is set for a platform only. `credential` is what opened the door."""

    name: str
    role: Role
    platform: str | None = None
    credential: str | None = None

    @property
    def sees(self) -> str:
        """Whose rows PostgreSQL shows: a platform's own, or all."""
        return "*" if self.platform is None else self.platform

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


def new_token() -> str:
    """256 random bits; only its hash is kept."""
    return _PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="pilotage-session-v1")


def sign_session(secret_key: str, viewer: Viewer) -> str:
    value = {"n": viewer.name, "r": viewer.role, "p": viewer.platform, "c": viewer.credential}
    return _signer(secret_key).dumps(value)


def read_session(secret_key: str, session: str) -> Viewer | None:
    """None where the signature is wrong or the session too old."""
    try:
        value = _signer(secret_key).loads(session, max_age=SESSION_SECONDS)
    except BadSignature:
        return None
    return Viewer(value["n"], value["r"], value["p"], value["c"])


async def viewer_of_token(work: Transaction, token: str) -> Viewer | None:
    """The platform a token belongs to, as this room has heard; None where unknown or revoked."""
    query = "SELECT id, name, platform FROM credential WHERE token_sha256 = :hash AND role = 'platform' AND NOT revoked"
    row = (await work.execute(query, {"hash": token_hash(token)})).one_or_none()
    return Viewer(row.name, "platform", row.platform, str(row.id)) if row else None


async def still_valid(work: Transaction, viewer: Viewer) -> bool:
    """A platform's session ends with the token that opened it, an admin's with the password."""
    query = "SELECT 1 FROM credential WHERE id = CAST(:id AS uuid) AND role = :role AND NOT revoked"
    values = {"id": viewer.credential, "role": viewer.role}
    return (await work.execute(query, values)).one_or_none() is not None
