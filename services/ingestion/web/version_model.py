"""The shapes of versions, lines, differences and moves, for the API's description and the programs that read it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.ingestion.domain.difference import Change
from services.ingestion.domain.filed import Row
from services.ingestion.domain.moves import Level
from services.ingestion.tables.differing import Difference
from services.ingestion.tables.filed_lines import FiledLine
from services.ingestion.tables.models import Submission
from services.ingestion.web.verdict_model import ToldVerdict

_KEPT = ConfigDict(from_attributes=True)
Values = dict[str, str | int | None]


class Version(BaseModel):
    """An accepted submission: who sent it and certified it, when, by which door; the newest one stands."""

    model_config = _KEPT

    id: UUID
    number: int
    version: int
    stands: bool = False
    received_at: datetime
    door: Literal["http", "page", "sftp"]
    sent_by: str
    certified_by: str
    file_name: str
    sha256: str
    rows_accepted: int
    to_confirm: bool
    difference_url: str | None = None


class ToldLine(BaseModel):
    """A line of an accepted file, as kept: values by column, an amount written out."""

    line: int
    member: str
    values: Values


class VersionLines(BaseModel):
    """Some of a version's lines, from number `first` on, in the order of members; `next` leads to those that follow."""

    total: int
    first: int
    lines: list[ToldLine]
    next: str | None


class OwnLine(ToldLine):
    """A line with the version that it is of; `stands`: no newer version has been accepted."""

    submission: UUID
    platform: str
    form: str
    period: str
    version: int
    stands: bool
    received_at: datetime


class OwnLines(BaseModel):
    """Some of the lines, the newest period first; `next` leads to those that follow."""

    total: int
    first: int
    lines: list[OwnLine]
    next: str | None


class ToldChange(BaseModel):
    """A line that came, went or changed; `columns` names what changed in it."""

    kind: Literal["added", "removed", "changed"]
    member: str
    line_before: int | None
    line_after: int | None
    columns: list[str]
    before: Values | None
    after: Values | None


class MemberCount(BaseModel):
    """Of one member: its lines in either version, and how many came, went or changed."""

    model_config = _KEPT

    member: str
    before: int
    after: int
    added: int
    removed: int
    changed: int


class ToldDifference(BaseModel):
    """What differs between two versions, from change number `first` on.

    matched_by: the columns by which a line of one is found in the other; none for cases, which have no key: equal cases
    are the same, as many as both have, and a case that was changed is one removed and one added.
    """

    before: Version | None
    after: Version | None
    matched_by: list[str]
    added: int
    removed: int
    changed: int
    members: list[MemberCount]
    total: int
    first: int
    changes: list[ToldChange]
    next: str | None


class ToldMove(BaseModel):
    """By how much one measure of one row of a table moves: in the quarter, and since 1 January."""

    model_config = _KEPT

    period: str
    level: Level
    code: str
    measure: str
    quarter: Decimal
    ytd: Decimal


class ToldCorrection(BaseModel):
    """What would come of a file if it were sent; nothing was kept of it.

    verdict: with its first findings; against: the version that stands; difference: none where the file is refused or
    the lines of that version are not kept; moves: of a quarterly form, in the tables of the quarter and in the cumuls
    of each later quarter of the year that has been reported.
    """

    verdict: ToldVerdict
    against: Version | None
    is_standing: bool = Field(description="the same bytes as that version: nothing would change")
    difference: ToldDifference | None
    moves: list[ToldMove] | None


def told_version(submission: Submission, *, stands: bool) -> Version:
    told = Version.model_validate(submission)
    told.stands = stands
    if told.version > 1:
        told.difference_url = f"/api/v1/submissions/{submission.id}/difference"
    return told


def told_line(line: FiledLine) -> ToldLine:
    return ToldLine(line=line.row[0], member=line.member, values=_values(line.columns, line.row))


def own_line(line: FiledLine) -> OwnLine:
    of = line.filing
    return OwnLine(
        **told_line(line).model_dump(),
        submission=of.submission,
        platform=of.platform,
        form=of.form,
        period=of.period,
        version=of.version,
        stands=of.stands,
        received_at=of.received_at,
    )


def _values(columns: Sequence[str], row: Row) -> dict[str, Any]:
    return dict(zip(columns, row[1:], strict=True))


def told_change(change: Change, difference: Difference) -> ToldChange:
    columns, row = difference.columns, change.after or change.before or []
    return ToldChange(
        kind=change.kind,
        member=difference.member_of(row),
        line_before=change.before[0] if change.before else None,
        line_after=change.after[0] if change.after else None,
        columns=change.changed(columns),
        before=_values(columns, change.before) if change.before else None,
        after=_values(columns, change.after) if change.after else None,
    )
