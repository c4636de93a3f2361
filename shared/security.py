"""Who is asking: tokens known by their hash, sessions signed with the deployment's key."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from shared.transaction import Transaction

Role = Literal["uesl", "platform", "member", "auditor", "admin"]
SESSION_SECONDS = 12 * 3600
_PREFIX = "plt_"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in; `platform` is set for a platform only, `member` for a member only, `firm` for an auditor only.

    `credential` is what opened the door, `session` what was begun with it, if any. UESL steers the network; the admin
    runs the system, and may do what UESL may.
    """

    name: str
    role: Role
    platform: str | None = None
    credential: str | None = None
    member: str | None = None
    firm: str | None = None
    session: str | None = field(default=None, compare=False)

    @property
    def sees(self) -> str:
        """Whose rows PostgreSQL shows: a platform's own, those in a member's name, those of a firm's audits, or all.

        No code holds a slash: a member's or a firm's view is no platform's, whatever its code.
        """
        if self.sees_all:
            return "*"
        if self.role == "member":
            return f"member/{self.member or ''}"
        if self.role == "auditor":
            return f"auditor/{self.firm or ''}"
        return self.platform or ""

    @property
    def sees_all(self) -> bool:
        """UESL, whose network it is, and the admin, who runs the system."""
        return self.role in ("uesl", "admin")

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


_OPENED_BY = """
SELECT id, name, role, platform, member, firm FROM credential
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
    """Another session each time, even of the same credential."""
    value = {"n": viewer.name, "r": viewer.role, "p": viewer.platform, "c": viewer.credential}
    begun = viewer.session or secrets.token_urlsafe(12)
    return _signer(secret_key).dumps(value | {"m": viewer.member, "f": viewer.firm, "s": begun})


def read_session(secret_key: str, session: str) -> Viewer | None:
    """None where the signature is wrong or the session too old."""
    try:
        value = _signer(secret_key).loads(session, max_age=SESSION_SECONDS)
    except BadSignature:
        return None
    return Viewer(value["n"], value["r"], value["p"], value["c"], value.get("m"), value.get("f"), value.get("s"))


def sign_invitation(secret_key: str, invitation: UUID) -> str:
    """What the invitation's link carries: made again by whoever knows the deployment's key, said in no event."""
    return URLSafeSerializer(secret_key, salt="pilotage-invitation-v1").dumps(invitation.hex)


def read_invitation(secret_key: str, key: str) -> UUID | None:
    """None where it was not signed here; whether it is still good is for its table to say."""
    try:
        return UUID(hex=URLSafeSerializer(secret_key, salt="pilotage-invitation-v1").loads(key))
    except BadSignature:
        return None


async def viewer_of_token(work: Transaction, token: str) -> Viewer | None:
    """The platform or member a token belongs to, as this room has heard; None where unknown or revoked."""
    row = (await work.execute(_OPENED_BY, {"hash": token_hash(token)})).one_or_none()
    return row and Viewer(row.name, row.role, row.platform or None, str(row.id), row.member or None)


async def still_valid(work: Transaction, viewer: Viewer) -> bool:
    """A session ends by signing out, with the token that opened it, or with the account's password."""
    query = """SELECT 1 FROM credential WHERE id = CAST(:id AS uuid) AND role = :role AND NOT revoked
               AND NOT EXISTS (SELECT FROM session_ended WHERE session = :session)"""
    values = {"id": viewer.credential, "role": viewer.role, "session": viewer.session or ""}
    return (await work.execute(query, values)).one_or_none() is not None
