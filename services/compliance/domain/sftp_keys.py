"""Keys by which platforms come through the SFTP door: what is no usable public key is refused with the registry."""

import re
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from shared.network import Network

# As the SFTP door takes them.
_ALGORITHMS = {
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
}
_SHORTEST_RSA = 2048
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_A_KEY = "n’est pas une clé publique OpenSSH, sur une ligne comme « ssh-ed25519 AAAA… nom »"


def unusable_keys(network: Network) -> Iterator[tuple[str, str]]:
    """Each with where it stands and a French sentence, which never repeats the key."""
    for platform in network.platforms:
        for n, line in enumerate(platform.sftp_keys, start=1):
            if reason := why_unusable(line):
                yield f"platforms/{platform.code}/sftp_keys", f"{platform.code} : la clé SFTP n° {n} {reason}."


def why_unusable(line: str) -> str | None:
    """None for a public key with which the SFTP door can be opened."""
    if "PRIVATE KEY" in line:
        return "est une clé privée, désormais connue d’un tiers : faites-en une autre, et donnez sa partie publique"
    written = line.strip()
    algorithm = written.partition(" ")[0].partition("\t")[0]
    if algorithm not in _ALGORITHMS:
        return "n’est pas d’un type admis : Ed25519, ECDSA, ou RSA d’au moins 2048 bits" if written else _NOT_A_KEY
    if _UNPRINTABLE.search(written):
        return _NOT_A_KEY
    try:
        key = load_ssh_public_key(written.encode())
    except (ValueError, UnsupportedAlgorithm):
        return _NOT_A_KEY
    is_weak = isinstance(key, RSAPublicKey) and key.key_size < _SHORTEST_RSA
    return "est trop faible : une clé RSA a au moins 2048 bits" if is_weak else None
