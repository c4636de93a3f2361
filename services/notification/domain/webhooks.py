"""Webhooks as Standard Webhooks has them: what is told, how it is signed, where it may go, when it is tried again."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.events import IssuedEdition

ISSUED = "restitution.issued"
SECRET_PREFIX = "whsec_"  # noqa: S105
MOST_WEBHOOKS = 5
LONGEST_URL = 2000
MOST_TRIES = 10
TIMEOUT_SECONDS = 10.0
GONE = 410
# After the first try, after the second, …: from a minute to a day.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 960, 1440))
_FORMATS = ("json", "pdf", "xlsx", "csv")
_NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


class UnfitAddress(ValueError):
    """Said to the user: a French sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int


def target_of(url: str, *, simulation: bool) -> Target:
    """Raises UnfitAddress for what may never be called; what a name stands for is judged at each call."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise UnfitAddress("Cette adresse est trop longue, ou contient des signes qui ne sont pas permis.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnfitAddress("Cette adresse ne se lit pas.") from None
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise UnfitAddress("L’adresse doit nommer un serveur, sans mot de passe ni fragment.")
    target = Target(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80))
    if target.scheme != "https" and not (simulation and target.scheme == "http" and _is_loopback_name(target.host)):
        raise UnfitAddress("L’adresse doit commencer par https://.")
    if (literal := _literal(target.host)) is not None:
        check_reached(target, [literal], simulation=simulation)
    return target


def check_reached(target: Target, addresses: Sequence[Address], *, simulation: bool) -> None:
    """What the name stands for now: in production none of them may be private; raises UnfitAddress."""
    if not addresses:
        raise UnfitAddress("Ce nom de serveur ne mène à aucune adresse.")
    if target.scheme == "http" and not all(address.is_loopback for address in addresses):
        raise UnfitAddress("En simulation, http n’est permis que vers la machine elle-même.")
    if not simulation and not all(is_public(address) for address in addresses):
        raise UnfitAddress("Cette adresse mène à un réseau privé.")


def is_public(address: Address) -> bool:
    """Also what stands within: an IPv6 address can carry a private IPv4 address."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inner = _carried(address)
    return is_public(inner) if inner else address.is_global and not (address.is_multicast or address.is_site_local)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback_name(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback


def signature(secret: str, identity: str, at: int, body: bytes) -> str:
    """Raises ValueError for a secret that is none."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    told = f"{identity}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode()


def issued_body(day: date, editions: Sequence[IssuedEdition], base_url: str, at: datetime) -> str:
    """Numbers and links: the tables themselves are read where their readers are known."""
    data = {"day": day.isoformat(), "editions": [_told(edition, base_url) for edition in editions]}
    told = {"type": ISSUED, "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _told(edition: IssuedEdition, base_url: str) -> dict[str, object]:
    told: dict[str, object] = edition.model_dump(mode="json", exclude={"document"})
    files = {name: f"{base_url}/api/v1/editions/{edition.number}?format={name}" for name in _FORMATS}
    return {**told, "links": {"page": f"{base_url}/tableaux/editions/{edition.number}", **files}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call: the status that was answered, if any, and a few words."""

    words: str
    status: int | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def pause_after(tries: int) -> timedelta | None:
    """None after the last."""
    return PAUSES[tries - 1] if tries < MOST_TRIES else None


def why_disabled(answer: Answer, tries: int) -> str | None:
    """None while it is worth trying again."""
    if answer.status == GONE:
        return "le serveur a répondu 410 : il ne veut plus rien recevoir".replace(" :", "\u00a0:")
    if not answer.is_taken and pause_after(tries) is None:
        return f"{MOST_TRIES} essais sans succès, le dernier\u00a0: {answer.words}"
    return None
