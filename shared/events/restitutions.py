"""What aggregation says on `restitutions`."""

from datetime import date
from typing import Literal

from shared import topics
from shared.events.base import Event, Said
from shared.report.model import Document


class IssuedEdition(Said):
    """A frozen table: its number, its document and the document's SHA-256."""

    number: str
    form: str
    period: str
    by: Literal["member", "region", "platform", "national"]
    edition: int
    complete: bool
    sha256: str
    document: Document


class RestitutionIssued(Event):
    """Tables issued together on one day, in numbered parts; nothing is used before all parts are there."""

    topic = topics.RESTITUTIONS

    day: date
    part: int
    parts: int
    editions: tuple[IssuedEdition, ...]

    @property
    def key(self) -> str:
        return self.day.isoformat()
