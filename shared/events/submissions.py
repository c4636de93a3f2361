"""What ingestion says on `submissions`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared import topics
from shared.events.base import Event, Said


class SubmittedLine(Said):
    """One row of an accepted file, as judged: the member and the département are the registry's.

    A row that is about no member has neither; `texts` holds codes, dates (ISO) and words by column.
    """

    line: int
    member: str
    department: str
    values: dict[str, Decimal]
    comment: str | None = None
    texts: dict[str, str] = Field(default_factory=dict)


class _Submission(Event):
    topic = topics.SUBMISSIONS

    submission: UUID
    number: int | None = Field(default=None, description="the submission's number, for people")
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
    cases: int = Field(default=0, description="how many anonymous cases `CasesReported` tells")
    to_confirm: bool = Field(default=False, description="it counts, and something in it waits for an explanation")


class ExplainedWarning(Said):
    """A quality warning that its platform has explained."""

    code: str
    member: str


class WarningsExplained(Event):
    """What of a submission's quality warnings is explained now, asked back or not; its figures are what they were.

    A later `revision` of the same version, and any later version, replaces what was said before.
    """

    topic = topics.SUBMISSIONS

    submission: UUID
    platform: str
    form: str
    period: str
    version: int = Field(ge=1)
    revision: int = Field(ge=1, description="how many words have been said about the submission's warnings")
    explained: tuple[ExplainedWarning, ...]
    to_confirm: bool = Field(description="something still waits for an explanation")

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.form}/{self.period}"


class ReportedError(Said):
    """An error as the verdict tells it; the received value of a case file, and what names a person, never leave."""

    line: int | None
    column: str | None
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    value: str | None = Field(default=None, description="as received, shortened")
    expected: str | None = None


class SubmissionRejected(_Submission):
    """A file was refused whole; it leaves no trace in any total."""

    error_count: int
    errors: tuple[ReportedError, ...] = Field(description="the first ones; all of them at ingestion")


class CasesReported(Event):
    """Up to a thousand cases of an accepted file, in the order of the form's columns.

    Parts are numbered from 1; the closing part alone has `cases`, how many all parts together hold. Nobody applies
    them before all parts are there.
    """

    topic = topics.CASES

    submission: UUID
    platform: str
    form: str
    period: str
    version: int = Field(ge=1)
    part: int = Field(ge=1)
    rows: tuple[tuple[str | int | None, ...], ...] = ()
    cases: int | None = None

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.form}/{self.period}"


class ReceptionClosed(Event):
    """Nothing more can be received on that day; so many submissions, accepted or refused, were said for it."""

    topic = topics.SUBMISSIONS

    day: date
    submissions: int

    @property
    def key(self) -> str:
        return self.day.isoformat()
