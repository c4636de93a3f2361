"""What ingestion says on `submissions`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared import topics
from shared.events.base import Event, Said


class SubmittedLine(Said):
    """One row of an accepted quarterly file, as judged: the member and the département are the registry's."""

    line: int
    member: str
    department: str
    values: dict[str, Decimal]
    comment: str | None = None


class _Submission(Event):
    topic = topics.SUBMISSIONS

    submission: UUID
    platform: str
    form: str
    period: str
    received_at: datetime
    received_on: date = Field(description="the day in Paris at received_at")
    door: Literal["http", "page", "sftp"]
    file_name: str
    sha256: str

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.form}/{self.period}"


class SubmissionAccepted(_Submission):
    """A file was taken whole; it replaces the standing version of its platform, form and period."""

    version: int = Field(ge=1)
    lines: tuple[SubmittedLine, ...]


class ReportedError(Said):
    """An error without the received value, which never leaves ingestion."""

    line: int | None
    column: str | None
    code: str
    message: str


class SubmissionRejected(_Submission):
    """A file was refused whole; it leaves no trace in any total."""

    error_count: int
    errors: tuple[ReportedError, ...] = Field(description="the first ones; all of them at ingestion")


class ReceptionClosed(Event):
    """Nothing more can be received on that day; so many submissions, accepted or refused, were said for it."""

    topic = topics.SUBMISSIONS

    day: date
    submissions: int

    @property
    def key(self) -> str:
        return self.day.isoformat()
