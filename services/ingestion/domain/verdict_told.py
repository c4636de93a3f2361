"""The verdict as it is told, the same everywhere: API, page, command line, annotated workbook, PDF."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from services.ingestion.domain.codes import CODES
from services.ingestion.domain.verdicts import Error, Outcome, capital, expectation_told, place_told
from services.ingestion.domain.warnings import RULES, QualityWarning
from services.ingestion.domain.warnings.raised import usual_told

Severity = Literal["error", "warning"]

SEVERITIES: dict[Severity, str] = {"error": "erreur", "warning": "avertissement"}
# What can only be looked at where a member's past and the others' files are at hand.
NEED_HISTORY = tuple(sorted(rule.code for rule in RULES.values() if rule.needs != "file"))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something said of a file: where, what, the value received beside the form expected."""

    line: int | None
    column: str | None
    code: str
    severity: Severity
    value: str | None
    expected: str | None
    message: str

    @property
    def title(self) -> str:
        return title_of(self.code)

    @property
    def sentence(self) -> str:
        """What is wrong, for where its place and what is expected stand beside it: the message without these two."""
        place = capital(place_told(self.line, self.column))
        told = expectation_told(self.expected) if self.severity == "error" else usual_told(self.expected)
        return capital(self.message.removeprefix(place).removesuffix(told))


def title_of(code: str) -> str:
    return CODES[code].title if code in CODES else RULES[code].title


def told(error: Error) -> Finding:
    return Finding(error.line, error.column, error.code, "error", error.value, error.expected, error.message)


def told_warning(warning: QualityWarning) -> Finding:
    """Of a warning, what is usual is what was expected."""
    return Finding(warning.line, warning.column, warning.code, "warning", None, warning.usual, warning.message)


@dataclass(frozen=True, slots=True)
class VerdictTold:
    """What is said of a whole file; the smallest group is not: it is for UESL alone.

    warnings: how many of each code; not_evaluated: the quality rules that could not be looked at.
    """

    form: str
    period: str
    platform: str
    on: date
    sha256: str
    size: int
    outcome: Outcome
    warnings: Mapping[str, int] = field(default_factory=dict)
    not_evaluated: tuple[str, ...] = ()

    def head(self) -> dict[str, Any]:
        """Everything but the findings."""
        outcome = self.outcome
        return {
            "form": self.form,
            "period": self.period,
            "platform": self.platform,
            "on": self.on.isoformat(),
            "sha256": self.sha256,
            "size": self.size,
            "verdict": outcome.verdict,
            "rows_accepted": outcome.rows_accepted,
            "rows_refused": outcome.rows_refused,
            "rows_blank": outcome.rows_blank,
            "error_count": outcome.error_count,
            "warning_count": sum(self.warnings.values()),
            "counts": dict(sorted({**outcome.counts, **self.warnings}.items())),
            "not_evaluated": sorted(self.not_evaluated),
        }

    def opening(self) -> bytes:
        """JSON up to the findings, each of which is then a line: equal verdicts are equal bytes."""
        return _json(self.head())[:-1] + b',"findings":['

    @staticmethod
    def lines(findings: Iterable[Finding], *, after_others: bool) -> bytes:
        """So that no length of findings need be held in memory."""
        joined = b",\n".join(_json(fields_of(finding)) for finding in findings)
        return (b",\n" if after_others else b"\n") + joined if joined else b""

    @staticmethod
    def closing() -> bytes:
        return b"\n]}\n"


def fields_of(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def _json(value: Any) -> bytes:
    # An argument of the command line may hold what UTF-8 cannot write; JSON has an escape for it.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
