"""X-rays of an audit before its signature: what would make its report doubtful."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.compliance.domain.audits import VERDICTS, Audit, Piece


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is doubtful; a blocking one keeps the report from being signed."""

    message: str
    blocking: bool = True


Pieces = Mapping[str, Piece]
Rule = Callable[[Audit, Pieces, date], Iterator[Doubt]]


def shown(audit: Audit, pieces: Pieces, code: str) -> bool:
    """Whether a piece is kept, or was seen on the spot."""
    return code in pieces or any(one.evidence == code and one.seen_on for one in audit.asked)


def _unexamined(audit: Audit, _: Pieces, __: date) -> Iterator[Doubt]:
    for one in audit.standard.required_of(audit.audited_kind):
        if audit.result(one.number) is None:
            yield Doubt(f"{one.number} : aucun résultat n’est noté.")


def _kept_without_evidence(audit: Audit, pieces: Pieces, _: date) -> Iterator[Doubt]:
    for result in audit.results:
        needs = result.verdict == "conforme" and audit.standard.by_number[result.requirement].evidence
        if needs and not any(shown(audit, pieces, code) for code in result.evidence):
            yield Doubt(f"{result.requirement} : conforme, sans pièce déposée ni vue sur place.")


def _expired_evidence(audit: Audit, pieces: Pieces, day: date) -> Iterator[Doubt]:
    for result in audit.results:
        for code in result.evidence:
            piece = pieces.get(code)
            if piece and piece.has_expired_on(day):
                yield Doubt(f"{result.requirement} : la pièce {code} a expiré le {piece.expires_on:%d/%m/%Y}.")


def _finding_without_requirement(audit: Audit, _: Pieces, __: date) -> Iterator[Doubt]:
    for finding in audit.findings:
        if finding.requirement is None:
            yield Doubt(f"Écart {finding.n} : il ne se rattache à aucune exigence.")


def _failed_without_finding(audit: Audit, _: Pieces, __: date) -> Iterator[Doubt]:
    found = {finding.requirement for finding in audit.findings}
    for result in audit.results:
        if result.verdict in ("partiel", "non_conforme") and result.requirement not in found:
            yield Doubt(f"{result.requirement} : {VERDICTS[result.verdict]}, sans écart relevé.")


def _kept_with_major_finding(audit: Audit, _: Pieces, __: date) -> Iterator[Doubt]:
    major = {finding.requirement for finding in audit.findings if finding.severity == "major"}
    for result in audit.results:
        if result.verdict == "conforme" and result.requirement in major:
            yield Doubt(f"{result.requirement} : conforme, et pourtant un écart majeur y est relevé.")


def _unanswered(audit: Audit, _: Pieces, __: date) -> Iterator[Doubt]:
    for finding in audit.findings:
        if not finding.answer:
            yield Doubt(f"Écart {finding.n} : l’audité n’a pas répondu.", blocking=False)


RULES: tuple[Rule, ...] = (
    _unexamined,
    _kept_without_evidence,
    _expired_evidence,
    _finding_without_requirement,
    _failed_without_finding,
    _kept_with_major_finding,
    _unanswered,
)


def xray(audit: Audit, pieces: Pieces, day: date) -> list[Doubt]:
    """All doubts, rule by rule; `pieces` are the standing ones by evidence."""
    return [doubt for rule in RULES for doubt in rule(audit, pieces, day)]
