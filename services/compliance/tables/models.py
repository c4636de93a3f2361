"""What compliance remembers besides its reading tables: registries as put, arrivals, accounts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry(metadata=MetaData(schema="compliance"))):
    """Tables of the schema `compliance`."""


class RegistryVersion(Base, table=True):
    """A registry as it was put, whole: the network as known since `recorded_at`."""

    __tablename__ = "registry_version"

    version: int = Field(primary_key=True)
    recorded_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    recorded_by: str = Field(sa_type=Text)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class Arrival(Base, table=True):
    """The first day on which a submission of that platform, form and period was accepted."""

    __tablename__ = "arrival"

    platform: str = Field(primary_key=True, sa_type=Text)
    form: str = Field(primary_key=True, sa_type=Text)
    period: str = Field(primary_key=True, sa_type=Text)
    first_accepted: date
    versions: int


class Account(Base, table=True):
    """Somebody who signs in with a password; only its argon2id hash is kept."""

    __tablename__ = "account"

    id: UUID = Field(primary_key=True)
    name: str = Field(unique=True, sa_type=Text)
    role: str = Field(sa_type=Text)
    password_hash: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
