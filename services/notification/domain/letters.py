"""What a message says, before and after it is laid out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from shared.report.model import Table

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters of a deployment share: where its pages are, and who signs."""

    base_url: str
    sender: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter in French, not laid out yet; a link is a label and an address."""

    title: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Content:
    """Bytes that are kept once, by their fingerprint."""

    media_type: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    content: Content


@dataclass(frozen=True)
class Letter:
    """A letter as it is sent, the same for all its recipients."""

    title: str
    html: Content
    text: Content
    enclosures: tuple[Enclosure, ...] = field(default=())

    @cached_property
    def sha256(self) -> str:
        """Two letters have the same one only if they say the same."""
        parts = [self.title, self.html.sha256, self.text.sha256]
        for enclosure in self.enclosures:
            parts += [enclosure.name, enclosure.content.sha256]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def contents(self) -> Iterable[Content]:
        return (self.html, self.text, *(enclosure.content for enclosure in self.enclosures))
