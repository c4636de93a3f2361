"""Secrets at rest: sealed with a key derived from the deployment's for one purpose, each for its owner alone."""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class NotOurs(ValueError):
    """It was sealed with another `PILOTAGE_SECRET_KEY`, for another purpose or for another owner."""


def seal(secret_key: str, purpose: str, owner: UUID, secret: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(secret_key, purpose).encrypt(nonce, secret.encode(), owner.bytes)


def unseal(secret_key: str, purpose: str, owner: UUID, sealed: bytes) -> str:
    """Raises NotOurs."""
    try:
        return _cipher(secret_key, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.bytes).decode()
    except (InvalidTag, ValueError) as error:
        raise NotOurs from error


def _cipher(secret_key: str, purpose: str) -> AESGCM:
    info = f"pilotage {purpose} v1".encode()
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=info).derive(secret_key.encode()))
