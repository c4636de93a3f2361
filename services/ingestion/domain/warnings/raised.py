"""Raised: what a rule has found, before and after it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.ingestion.domain.warnings.catalogue import Rule
from shared.report.french import HARD_SPACE

_USUAL = f" D’ordinaire{HARD_SPACE}: "


@dataclass(frozen=True, slots=True)
class Raised:
    """What the rule's sentences ask for, by name."""

    member: str
    line: int | None = None
    column: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QualityWarning:
    """Something to explain in a file that counts; usual: what the message says is usual, alone."""

    line: int | None
    column: str | None
    code: str
    member: str
    message: str
    usual: str


def worded(rule: Rule, raised: Raised) -> QualityWarning:
    """What was found, then what is usual."""
    details = {"member": raised.member, **raised.details}
    usual = rule.usual.format(**details)
    message = rule.found.format(**details) + usual_told(usual)
    return QualityWarning(raised.line, raised.column, rule.code, raised.member, message, usual)


def usual_told(usual: str | None) -> str:
    return f"{_USUAL}{usual}." if usual else ""


def usual_in(message: str) -> str | None:
    """What a kept message says is usual."""
    _, found, usual = message.rpartition(_USUAL)
    return usual.removesuffix(".") if found else None
