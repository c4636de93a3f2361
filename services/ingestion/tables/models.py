"""Rows of the schema `ingestion`; PostgreSQL shows a platform its own only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import MetaData, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry(metadata=MetaData(schema="ingestion"))):
    """Tables of the schema `ingestion`."""


class Submission(Base, table=True):
    """A file received and judged; `version` numbers the accepted ones of a platform, form and period."""

    __tablename__ = "submission"

    id: UUID = Field(primary_key=True)
    number: int | None = Field(default=None, sa_column_kwargs={"server_default": "generated"})
    platform: str = Field(sa_type=Text)
    form: str = Field(sa_type=Text)
    period: str = Field(sa_type=Text)
    verdict: str = Field(sa_type=Text)
    version: int | None
    received_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    received_on: date
    door: str = Field(sa_type=Text)
    file_name: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    size: int
    rows_accepted: int
    rows_refused: int
    rows_blank: int
    error_count: int
    sent_by: str = Field(sa_type=Text)
    certified_by: str = Field(default="", sa_type=Text)
    smallest_group: int | None = None
    to_confirm: bool = False
    destroyed_on: date | None = None


class SubmissionPiece(Base, table=True):
    """The original bytes, in pieces; none where something in them names a person, or once they are destroyed."""

    __tablename__ = "submission_file"

    submission: UUID = Field(primary_key=True, foreign_key="ingestion.submission.id")
    n: int = Field(primary_key=True)
    platform: str = Field(sa_type=Text)
    content: bytes


class SubmissionErrorPage(Base, table=True):
    """Errors of a refused submission, packed, in the order told; `first` is the number of its first, from 1."""

    __tablename__ = "submission_error_page"

    submission: UUID = Field(primary_key=True, foreign_key="ingestion.submission.id")
    first: int = Field(primary_key=True)
    many: int
    platform: str = Field(sa_type=Text)
    body: bytes
