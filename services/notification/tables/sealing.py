"""Secrets of webhooks: made, and sealed each for its webhook alone."""

import base64
import secrets
from uuid import UUID

from services.notification.domain.webhooks import SECRET_PREFIX
from shared import sealing
from shared.sealing import NotOurs

__all__ = ["NotOurs", "new_secret", "seal", "unseal"]

_PURPOSE = "webhook secrets"


def new_secret() -> str:
    """192 random bits and more, as Standard Webhooks asks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret_key: str, webhook: UUID, secret: str) -> bytes:
    return sealing.seal(secret_key, _PURPOSE, webhook, secret)


def unseal(secret_key: str, webhook: UUID, sealed: bytes) -> str:
    """Raises NotOurs."""
    return sealing.unseal(secret_key, _PURPOSE, webhook, sealed)
