"""An audit: what it looks at, what was found, what was answered, and every step it went through."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.compliance.domain.standards import Audited, Standard, standard_of
from shared.network import Service

Kind = Literal["external", "internal"]
Basis = Literal["first", "calendar", "on_demand"]
State = Literal["planned", "preparing", "examining", "answering", "concluding", "signed", "cancelled"]
Verdict = Literal["conforme", "partiel", "non_conforme", "sans_objet"]
Severity = Literal["major", "minor"]

KINDS: dict[Kind, str] = {
    "external": "audit système externe, par un cabinet (5-4)",
    "internal": "audit produit interne, par l’audité (5-3)",
}
BASES: dict[Basis, str] = {
    "first": "première période",
    "calendar": "calendrier du Conseil d’administration",
    "on_demand": "à la demande",
}
VERDICTS: dict[Verdict, str] = {
    "conforme": "conforme",
    "partiel": "partiel",
    "non_conforme": "non conforme",
    "sans_objet": "sans objet",
}
SEVERITIES: dict[Severity, str] = {"major": "écart majeur", "minor": "écart mineur"}


class AuditRefused(ValueError):
    """What was asked cannot be done; the text is a French sentence."""


class Part(BaseModel):
    """A part of an audit; it never changes once made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Part):
    """A move from a state to the next: by whom, when, with which word."""

    before: State | None
    after: State
    by: str
    at: datetime
    note: str = ""


class Asked(Part):
    """Evidence asked for; what is of single cases is noted as seen on the spot, and never uploaded."""

    evidence: str
    due: date
    seen_on: date | None = None
    seen_note: str = ""


class Result(Part):
    """What was found of one requirement, and the evidence that shows it."""

    requirement: str
    verdict: Verdict
    notes: str = ""
    evidence: tuple[str, ...] = ()


class Finding(Part):
    """A gap, major or minor, and what the audited answers."""

    n: int
    requirement: str | None
    severity: Severity
    text: str
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


class GoodPractice(Part):
    """Something worth copying; published, all actors read it, without the name of whose it is."""

    n: int
    requirement: str
    text: str
    published: bool = False


class Drawn(Part):
    """One case of the sample: the nth that the member declared in a period."""

    member: str
    period: str
    rank: int


class Sample(Part):
    """Which cases are looked at: the same seed and declarations give the same cases."""

    seed: str
    declared: int
    drawn: tuple[Drawn, ...]


class Piece(Part):
    """A kept file that proves: by its hash, in versions, for as long as it holds. It serves whatever cites it."""

    id: UUID
    evidence: str
    version: int
    name: str
    sha256: str
    size: int
    expires_on: date | None = None
    uploaded_by: str
    uploaded_at: datetime

    def has_expired_on(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day


class Audit(Part):
    """One audit of a member or a platform under one version of a standard."""

    id: UUID
    number: str
    kind: Kind
    service: Service
    standard_version: int = Field(ge=1)
    audited_kind: Audited
    audited: str
    firm: str = ""
    basis: Basis
    reason: str = ""
    campaign: str = ""
    planned_for: date
    state: State = "planned"
    steps: tuple[Step, ...] = ()
    asked: tuple[Asked, ...] = ()
    sample: Sample | None = None
    results: tuple[Result, ...] = ()
    findings: tuple[Finding, ...] = ()
    practices: tuple[GoodPractice, ...] = ()
    signed_on: date | None = None
    signed_by: str = ""

    @property
    def owner(self) -> str:
        """Whose rows it is among (`Viewer.sees`)."""
        return owner_of(self.audited_kind, self.audited)

    @property
    def standard(self) -> Standard:
        return standard_of(self.service, self.standard_version)

    @property
    def is_open(self) -> bool:
        return self.state not in ("signed", "cancelled")

    def result(self, requirement: str) -> Result | None:
        return next((one for one in self.results if one.requirement == requirement), None)

    def count(self, severity: Severity) -> int:
        return sum(one.severity == severity for one in self.findings)


def owner_of(kind: Audited, code: str) -> str:
    return code if kind == "platform" else f"member/{code}"
