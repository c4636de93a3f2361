"""The shape of a verdict and of its findings, for the API's description and the programs that read it."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ToldFinding(BaseModel):
    """Something said of the file: where, the value received unless it names a person, the form expected."""

    model_config = ConfigDict(from_attributes=True)

    line: int | None
    column: str | None
    code: str
    severity: Literal["error", "warning"] = "error"
    value: str | None
    expected: str | None = None
    message: str


class ToldVerdict(BaseModel):
    """What a file is found to be, with everything found; `not_evaluated` names the quality rules not looked at."""

    form: str
    period: str
    platform: str
    on: date
    sha256: str
    size: int
    verdict: Literal["accepted", "rejected"]
    rows_accepted: int
    rows_refused: int
    rows_blank: int
    error_count: int
    warning_count: int
    counts: dict[str, int] = Field(description="how many errors and warnings of each code")
    not_evaluated: list[str]
    findings: list[ToldFinding]


class FindingPage(BaseModel):
    """Some of a submission's findings, from number `first` on; `next` leads to those that follow."""

    total: int
    first: int
    findings: list[ToldFinding]
    next: str | None
