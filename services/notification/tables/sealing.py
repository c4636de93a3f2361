"""Secrets of webhooks at rest: sealed with a key derived from the deployment's, each for its webhook alone."""

import base64
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.notification.domain.webhooks import SECRET_PREFIX

_NONCE = 12


class NotOurs(ValueError):
    """It was sealed with another `PILOTAGE_SECRET_KEY`, or for another webhook."""


def new_secret() -> str:
    """192 random bits and more, as Standard Webhooks asks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret_key: str, webhook: UUID, secret: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(secret_key).encrypt(nonce, secret.encode(), webhook.bytes)


def unseal(secret_key: str, webhook: UUID, sealed: bytes) -> str:
    """Raises NotOurs."""
    try:
        return _cipher(secret_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], webhook.bytes).decode()
    except (InvalidTag, ValueError) as error:
        raise NotOurs from error


def _cipher(secret_key: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"pilotage webhook secrets v1").derive(secret_key.encode())
    return AESGCM(derived)
