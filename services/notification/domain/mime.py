"""Letters as mail: the same letter always gives the same bytes, encoded once for all its recipients."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from services.notification.domain.letters import Letter
from shared.clock import PARIS

_POLICY = policy.SMTP.clone(raise_on_defect=False)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What one message's head says; `dated` is part of the message, not of the attempt; copies: some of addresses."""

    sender: str
    addresses: tuple[str, ...]
    message_id: str
    dated: datetime
    copies: tuple[str, ...] = ()


def is_address(text: str) -> bool:
    """Whether mail can be sent there by any server."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def bare_address(sender: str) -> str:
    return parseaddr(sender)[1]


def body_of(letter: Letter) -> bytes:
    """From « Subject » to the end, the same for all recipients; boundaries come from the letter's fingerprint."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = " ".join(letter.title.splitlines())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text.content.decode(), cte="quoted-printable")
    mail.add_alternative(letter.html.content.decode(), subtype="html", cte="quoted-printable")
    alternative = mail
    if letter.enclosures:
        mail.make_mixed()
        alternative = next(part for part in mail.iter_parts() if isinstance(part, EmailMessage))
        mail.set_boundary(f"mixed-{letter.sha256[:32]}")
    alternative.set_boundary(f"alternative-{letter.sha256[:32]}")
    for enclosure in letter.enclosures:
        main, _, sub = enclosure.content.media_type.partition("/")
        mail.add_attachment(enclosure.content.content, maintype=main, subtype=sub, filename=enclosure.name)
    return mail.as_bytes()


def head_of(envelope: Envelope, addresses: Sequence[str]) -> bytes:
    """The lines that come before the body's own; `addresses` are those of the envelope that can be written to."""
    name, address = parseaddr(envelope.sender)
    head = EmailMessage(policy=_POLICY)
    head["From"] = Address(name, addr_spec=address)
    to = [address for address in addresses if address not in envelope.copies]
    copies = [address for address in addresses if address in envelope.copies]
    head["To"] = tuple(Address(addr_spec=address) for address in to or copies)
    if to and copies:
        head["Cc"] = tuple(Address(addr_spec=address) for address in copies)
    head["Date"] = format_datetime(envelope.dated.astimezone(PARIS))
    head["Message-ID"] = envelope.message_id
    return head.as_bytes().rstrip(b"\r\n") + b"\r\n"
