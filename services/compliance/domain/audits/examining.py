"""What is written into an audit while it goes on: evidence asked for and seen, results, findings, answers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar

from services.compliance.domain.audits import (
    Asked,
    Audit,
    AuditRefused,
    Finding,
    GoodPractice,
    Result,
    Severity,
    State,
    Verdict,
)

DAYS_TO_SEND = 30
LONGEST = 4_000
_T = TypeVar("_T")


def _in(audit: Audit, *states: State) -> None:
    if audit.state not in states:
        raise AuditRefused("Cela ne peut plus, ou pas encore, être écrit dans cet audit.")


def _requirement(audit: Audit, number: str) -> str:
    if number not in {one.number for one in audit.standard.required_of(audit.audited_kind)}:
        raise AuditRefused(f"Cet audit ne porte pas sur une exigence {number[:20]}.")
    return number


def _said(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise AuditRefused(f"Un texte de 1 à {LONGEST} caractères est attendu.")
    return text.strip()


def cited(audit: Audit) -> tuple[str, ...]:
    """All evidence that the audit's requirements cite, once."""
    required = audit.standard.required_of(audit.audited_kind)
    return tuple(dict.fromkeys(code for one in required for code in one.evidence))


def ask_for_evidence(audit: Audit, day: date) -> Audit:
    """Everything that the requirements cite, within thirty days and before the visit where it is later than today."""
    due = max(day, min(day + timedelta(days=DAYS_TO_SEND), audit.planned_for))
    return audit.model_copy(update={"asked": tuple(Asked(evidence=code, due=due) for code in cited(audit))})


def note_seen(audit: Audit, code: str, day: date, note: str) -> Audit:
    """Evidence seen on the spot: what is of single cases can be proven in no other way."""
    _in(audit, "examining")
    if code not in {one.evidence for one in audit.asked}:
        raise AuditRefused(f"La pièce {code[:20]} n’est pas demandée par cet audit.")
    seen = {"seen_on": day, "seen_note": note.strip()[:LONGEST]}
    asked = tuple(one.model_copy(update=seen) if one.evidence == code else one for one in audit.asked)
    return audit.model_copy(update={"asked": asked})


def record_result(audit: Audit, requirement: str, verdict: Verdict, notes: str, evidence: Iterable[str]) -> Audit:
    """The result of one requirement; recorded again, it replaces the one before."""
    _in(audit, "examining")
    number = _requirement(audit, requirement)
    codes = tuple(evidence)
    if strange := [code for code in codes if code not in audit.standard.by_code]:
        raise AuditRefused(f"La pièce {strange[0][:20]} n’est pas du référentiel.")
    result = Result(requirement=number, verdict=verdict, notes=notes.strip()[:LONGEST], evidence=codes)
    others = tuple(one for one in audit.results if one.requirement != number)
    return audit.model_copy(update={"results": (*others, result)})


def add_finding(audit: Audit, requirement: str | None, severity: Severity, text: str) -> Audit:
    """A gap; without a requirement it must get one before the report is signed."""
    _in(audit, "examining")
    number = _requirement(audit, requirement) if requirement else None
    n = max((one.n for one in audit.findings), default=0) + 1
    finding = Finding(n=n, requirement=number, severity=severity, text=_said(text))
    return audit.model_copy(update={"findings": (*audit.findings, finding)})


def drop_finding(audit: Audit, n: int) -> Audit:
    _in(audit, "examining")
    return audit.model_copy(update={"findings": tuple(one for one in audit.findings if one.n != n)})


def answer_finding(audit: Audit, n: int, text: str, by: str, at: datetime) -> Audit:
    """The audited's answer; it may be written again until the answers are closed."""
    _in(audit, "answering")
    if n not in {one.n for one in audit.findings}:
        raise AuditRefused("Cet écart n’existe pas.")
    answer = {"answer": _said(text), "answered_by": by, "answered_at": at}
    findings = tuple(one.model_copy(update=answer) if one.n == n else one for one in audit.findings)
    return audit.model_copy(update={"findings": findings})


def note_practice(audit: Audit, requirement: str, text: str) -> Audit:
    """A good practice seen at the audited."""
    _in(audit, "examining")
    practice = GoodPractice(n=len(audit.practices) + 1, requirement=_requirement(audit, requirement), text=_said(text))
    return audit.model_copy(update={"practices": (*audit.practices, practice)})
