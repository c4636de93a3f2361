"""The second factor: codes that follow the time (RFC 6238), and recovery codes for when they are lost."""

import base64
import hashlib
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
RECOVERY_CODES = 10
_ISSUER = "Pilotage"


def new_secret() -> str:
    """160 random bits, in base 32 as applications take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _totp(secret: str) -> TOTP:
    # What applications speak is SHA-1; its weakness (collisions) is none here.
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303


def address_of(secret: str, account: str) -> str:
    """The `otpauth://` address by which an application learns the secret."""
    return _totp(secret).get_provisioning_uri(account, _ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code it is: this one, the one before or the next; None where it is none of theirs."""
    now = int(at.timestamp())
    for shift in (0, -STEP_SECONDS, STEP_SECONDS):
        try:
            _totp(secret).verify(code.encode(), now + shift)
        except InvalidToken:
            continue
        return (now + shift) // STEP_SECONDS
    return None


def code_at(secret: str, at: datetime) -> str:
    return _totp(secret).generate(int(at.timestamp())).decode()


def new_recovery_codes() -> list[str]:
    """Each opens once; 50 random bits, read and typed by people."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return [
        "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
