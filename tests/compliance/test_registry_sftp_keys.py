"""SFTP keys of the registry: those that the door takes are taken, all others refused at once, in French."""

import base64
import struct
from typing import Any

import asyncssh
import pytest

from services.compliance.domain.faults import Fault, ImpossibleRegistry
from services.compliance.domain.registry import parse_registry
from services.ingestion.web.sftp.keys import _name_in
from shared.network import Network
from tests.shared.networks import small_network


def written(algorithm: str, **options: Any) -> str:
    """A line as `ssh-keygen` writes it."""
    made = asyncssh.generate_private_key(algorithm, comment="poste de l’équipe", **options)
    return made.export_public_key().decode()


def _packed(*parts: bytes) -> str:
    return base64.b64encode(b"".join(struct.pack(">I", len(part)) + part for part in parts)).decode()


_SECURITY_KEY = b"sk-ssh-ed25519@openssh.com"
USABLE = {
    "ed25519": written("ssh-ed25519"),
    "without a name": " ".join(written("ssh-ed25519").split()[:2]),
    "ecdsa 256": written("ecdsa-sha2-nistp256"),
    "ecdsa 384": written("ecdsa-sha2-nistp384"),
    "ecdsa 521": written("ecdsa-sha2-nistp521"),
    "rsa 2048": written("ssh-rsa", key_size=2048),
    "security key": f"{_SECURITY_KEY.decode()} {_packed(_SECURITY_KEY, bytes([1] * 32), b'ssh:')} clé",
    "between blanks": f"  {written('ssh-ed25519')}\n",
}
_NOT_A_KEY = "n’est pas une clé publique OpenSSH, sur une ligne comme « ssh-ed25519 AAAA… nom »"
_TYPE = "n’est pas d’un type admis : Ed25519, ECDSA, ou RSA d’au moins 2048 bits"
UNUSABLE = {
    "nothing": ("", _NOT_A_KEY),
    "cut": (written("ssh-ed25519")[:50], _NOT_A_KEY),
    "type alone": ("ssh-ed25519", _NOT_A_KEY),
    "another type inside": (f"ssh-rsa {written('ssh-ed25519').split()[1]}", _NOT_A_KEY),
    "two lines": (written("ssh-ed25519") + written("ssh-ed25519"), _NOT_A_KEY),
    "not base64": ("ssh-ed25519 ééé", _NOT_A_KEY),
    "weak rsa": (written("ssh-rsa", key_size=1024), "est trop faible : une clé RSA a au moins 2048 bits"),
    "dsa": ("ssh-dss AAAAB3NzaC1kc3M=", _TYPE),
    "options": (f"no-pty {written('ssh-ed25519')}", _TYPE),
    "a word": ("clé", _TYPE),
    "private": (
        asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode(),
        "est une clé privée, désormais connue d’un tiers : faites-en une autre, et donnez sa partie publique",
    ),
}


def with_keys(*keys: str) -> dict[str, Any]:
    document = small_network()
    document["platforms"][0]["sftp_keys"] = list(keys)
    return document


def is_taken_by_the_door(key: str) -> bool:
    """As the door asks for whoever presents it."""
    try:
        presented = asyncssh.import_public_key(key.strip().encode())
    except (asyncssh.KeyImportError, ValueError):
        return False
    return _name_in(Network.model_validate(with_keys(key)), "PF01", presented) is not None


@pytest.mark.parametrize("name", USABLE)
def test_what_the_door_takes_is_taken(name: str) -> None:
    assert is_taken_by_the_door(USABLE[name])
    assert parse_registry(with_keys(USABLE[name])).platforms[0].sftp_keys == (USABLE[name],)


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_opens_nothing_is_refused(name: str) -> None:
    key, reason = UNUSABLE[name]
    with pytest.raises(ImpossibleRegistry) as caught:
        parse_registry(with_keys(USABLE["ed25519"], key))
    at = "platforms/PF01/sftp_keys"
    assert list(caught.value.faults) == [Fault(at, f"PF01 : la clé SFTP n° 2 {reason}.")]


def test_all_are_told_at_once_with_the_other_faults() -> None:
    document = with_keys("", "clé")
    document["platforms"][1]["sftp_keys"] = ["ssh-ed25519 AAAA"]
    document["members"][0]["department"] = "20"
    with pytest.raises(ImpossibleRegistry) as caught:
        parse_registry(document)
    assert sorted(fault.at for fault in caught.value.faults) == [
        "members/CIL01/department",
        *["platforms/PF01/sftp_keys"] * 2,
        "platforms/PF02/sftp_keys",
    ]
