"""What aggregation says on `restitutions`."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

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
    """Tables issued together on one day, in numbered parts; nothing is used before all parts are there.

    registry_version: of the registry that they were made with; 0 where it was not noted.
    """

    topic = topics.RESTITUTIONS

    day: date
    part: int
    parts: int
    editions: tuple[IssuedEdition, ...]
    registry_version: int = 0

    @property
    def key(self) -> str:
        return self.day.isoformat()


class Objective(Said):
    """What UESL wants a measure of a form to come to in a year, for one of those whom a level counts.

    A later version replaces the earlier; without a value nothing is wanted any more. The national level's code is FR.
    """

    form: str
    measure: str
    by: Literal["member", "region", "platform", "national"]
    code: str
    year: int
    version: int = Field(ge=1)
    value: Decimal | None


class ObjectivesSet(Event):
    """UESL set, moved or took away objectives; tables issued after that day show them."""

    topic = topics.RESTITUTIONS

    day: date
    set_by: str
    objectives: tuple[Objective, ...]

    @property
    def key(self) -> str:
        return f"objectives/{self.day.isoformat()}"
