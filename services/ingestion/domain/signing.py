"""Signed statements: canonical JSON, an Ed25519 signature over it, each naming the hash of the one before."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_HEX_KEY = re.compile(r"[0-9a-f]{64}")
_HEX_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_PARTS = {"public_key", "signature", "statement"}


class NotAKey(ValueError):
    """Not an Ed25519 key in PEM."""


class NotGenuine(ValueError):
    """What was signed is no longer what is there; the French sentence says what does not hold."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """One spelling for one value: sorted keys, UTF-8, no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def key_id(public_key: str) -> str:
    """Short name of a public key."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]


def new_private_pem() -> str:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def public_pem(public_key: str) -> str:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_pem(pem: str) -> str:
    """The key as hexadecimal digits; raises NotAKey."""
    try:
        key = load_pem_public_key(pem.encode())
    except Exception as error:  # the library raises classes of several kinds, some of its own
        raise NotAKey from error
    if not isinstance(key, Ed25519PublicKey):
        raise NotAKey
    return key.public_bytes_raw().hex()


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that signs, and the name of its public half."""

    private: Ed25519PrivateKey
    public_key: str

    @classmethod
    def of(cls, pem: str) -> "Signer":
        """Raises NotAKey."""
        try:
            private = load_pem_private_key(pem.encode(), password=None)
        except Exception as error:
            raise NotAKey from error
        if not isinstance(private, Ed25519PrivateKey):
            raise NotAKey
        return cls(private, private.public_key().public_bytes_raw().hex())

    @property
    def key(self) -> str:
        return key_id(self.public_key)

    def sign(self, content: bytes) -> str:
        return self.private.sign(content).hex()

    def signed(self, statement: Mapping[str, Any]) -> bytes:
        """The statement, which names the key, with its signature, as canonical JSON."""
        named = {**statement, "key": self.key}
        signature = self.sign(canonical(named))
        return canonical({"public_key": self.public_key, "signature": signature, "statement": named})


def is_signed_by(public_key: str, signature: str, content: bytes) -> bool:
    if not (_HEX_KEY.fullmatch(public_key) and _HEX_SIGNATURE.fullmatch(signature)):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed statement whose signature holds; `sha256` is what the next one of its chain names."""

    content: Mapping[str, Any]
    public_key: str
    sha256: str

    @property
    def kind(self) -> str:
        return str(self.content.get("kind"))

    @property
    def position(self) -> int:
        return int(self.content["position"])

    def follows(self, previous: "Statement") -> bool:
        same_chain = self.kind == previous.kind and self.position == previous.position + 1
        return same_chain and self.content["previous"] == previous.sha256


def read_statement(raw: bytes) -> Statement:
    """Holds byte for byte to what was signed; raises NotGenuine."""
    parts = _parts(raw)
    content, public_key, signature = parts["statement"], parts["public_key"], parts["signature"]
    if not (isinstance(content, dict) and isinstance(public_key, str) and isinstance(signature, str)):
        raise NotGenuine("Ce fichier n’a pas la forme d’un reçu signé.")
    if canonical(parts) != raw:
        raise NotGenuine("Les octets ne sont pas ceux qui ont été signés : le fichier a été réécrit ou modifié.")
    if not is_signed_by(public_key, signature, canonical(content)):
        raise NotGenuine("La signature ne correspond pas : le contenu, la clé ou la signature a été modifié.")
    if content.get("key") != key_id(public_key) or not isinstance(content.get("position"), int):
        raise NotGenuine("La clé jointe n’est pas celle que nomme le reçu.")
    return Statement(content, public_key, hashlib.sha256(raw).hexdigest())


def _parts(raw: bytes) -> dict[str, Any]:
    try:
        parts = json.loads(raw.decode())
        canonical(parts)
    except (ValueError, RecursionError, TypeError) as error:
        raise NotGenuine("Ce fichier n’est pas un reçu signé : il ne se lit pas comme du JSON en UTF-8.") from error
    if not isinstance(parts, dict) or parts.keys() != _PARTS:
        raise NotGenuine("Ce fichier n’a pas la forme d’un reçu signé.")
    return parts
