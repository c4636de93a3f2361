"""The verdict as PDF: the first findings, and where the others are."""

from collections.abc import Sequence
from pathlib import Path

from services.ingestion.domain.verdict_told import SEVERITIES, Finding, VerdictTold, title_of
from shared.report import french, pdf

MOST_FINDINGS = 500
_TEMPLATE = Path(__file__).parent.parent / "templates" / "verdict.typ"


def render_verdict(
    title: str, facts: Sequence[tuple[str, str]], verdict: VerdictTold, findings: Sequence[Finding]
) -> bytes:
    outcome = verdict.outcome
    data = {
        "title": title,
        "verdict": _lead(verdict),
        "accepted": outcome.verdict == "accepted",
        "facts": [
            *facts,
            ("Lignes acceptées", french.number(outcome.rows_accepted)),
            ("Lignes refusées", french.number(outcome.rows_refused)),
            ("Lignes vides", french.number(outcome.rows_blank)),
        ],
        "counts": [(title_of(code), code, french.number(many)) for code, many in verdict.head()["counts"].items()],
        "findings": [_told(finding) for finding in findings[:MOST_FINDINGS]],
        "more": _more(outcome.error_count + sum(verdict.warnings.values())),
    }
    return pdf.render_pdf(_TEMPLATE, data)


def _lead(verdict: VerdictTold) -> str:
    if verdict.outcome.verdict == "accepted":
        many = sum(verdict.warnings.values())
        to_explain = f" : {french.count(many, 'avertissement', 'avertissements')}" if many else ""
        return french.typeset(f"Le fichier est accepté{to_explain}.")
    errors = french.count(verdict.outcome.error_count, "erreur", "erreurs")
    return french.typeset(f"Le fichier est refusé en entier : {errors}.")


def _more(total: int) -> str | None:
    if total <= MOST_FINDINGS:
        return None
    left = french.count(total - MOST_FINDINGS, "autre constat n'est", "autres constats ne sont")
    sentence = f"{left} pas dans ce document : tous sont dans le fichier CSV, à télécharger depuis la page du dépôt."
    return french.typeset(sentence)


def _told(finding: Finding) -> dict[str, str]:
    return {
        "line": str(finding.line or "–"),
        "column": finding.column or "–",
        "severity": SEVERITIES[finding.severity],
        "title": finding.title,
        "sentence": finding.sentence,
        "value": "" if finding.value is None else finding.value,
        "expected": finding.expected or "",
    }
