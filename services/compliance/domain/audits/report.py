"""The report of an audit as one document: results, findings with their answers, evidence, sample, steps."""

from collections.abc import Mapping, Sequence

from services.compliance.domain.audits import BASES, KINDS, SEVERITIES, VERDICTS, Audit, Piece
from services.compliance.domain.audits.states import STATES
from shared.clock import paris_day
from shared.report import Column, Document, Kind, Row, Table


def _table(key: str, title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row], *notes: str) -> Table:
    described = [Column(key=name, label=label, kind=_KIND_OF.get(name, "text")) for name, label in columns]
    return Table(key=key, title=title, columns=described, rows=rows, notes=notes)


_KIND_OF: Mapping[str, Kind] = {"n": "count", "on": "date", "due": "date", "expires": "date", "rank": "count"}


def report(audit: Audit, pieces: Mapping[str, Piece], name: str, firm: str) -> Document:
    """What is frozen when it is signed; `pieces` are those standing by evidence."""
    who = "Plate-forme" if audit.audited_kind == "platform" else "CIL/CCI"
    signed = f"Signé le {audit.signed_on:%d/%m/%Y} par {audit.signed_by}." if audit.signed_on else "Non signé."
    return Document(
        title=f"Rapport d’audit – {who} {name} ({audit.audited})",
        subtitle=f"{audit.standard.title}, version {audit.standard_version} – {KINDS[audit.kind]}",
        reference=audit.number,
        notes=(
            f"Mené par {firm or name} ; {BASES[audit.basis]}{f' : {audit.reason}' if audit.reason else ''}. {signed}",
            f"{audit.count('major')} écart(s) majeur(s), {audit.count('minor')} écart(s) mineur(s).",
            f"Source : {audit.standard.source}.",
        ),
        tables=(
            _results(audit),
            _findings(audit),
            _evidence(audit, pieces),
            *([_sample(audit)] if audit.sample else []),
            _practices(audit),
            _steps(audit),
        ),
    )


def _results(audit: Audit) -> Table:
    rows = []
    for one in audit.standard.required_of(audit.audited_kind):
        found = audit.result(one.number)
        verdict = VERDICTS[found.verdict] if found else "non examiné"
        evidence = ", ".join(found.evidence) if found else ""
        text = " ".join(one.words)
        rows.append(Row(cells=(one.number, text, verdict, evidence, found.notes if found else "")))
    columns = (("requirement", "Exigence"), ("text", "Texte"), ("verdict", "Résultat"), ("evidence", "Pièces"),
               ("notes", "Notes"))  # fmt: skip
    return _table("results", "Résultats par exigence", columns, rows)


def _findings(audit: Audit) -> Table:
    rows = [
        Row(cells=(str(one.n), one.requirement or "–", SEVERITIES[one.severity], one.text, one.answer or "–"))
        for one in audit.findings
    ]
    columns = (("number", "Écart"), ("requirement", "Exigence"), ("severity", "Gravité"), ("text", "Constat"),
               ("answer", "Réponse de l’audité"))  # fmt: skip
    return _table("findings", "Écarts et réponses", columns, rows, *(() if rows else ("Aucun écart.",)))


def _evidence(audit: Audit, pieces: Mapping[str, Piece]) -> Table:
    rows = []
    for one in audit.asked:
        piece, described = pieces.get(one.evidence), audit.standard.by_code[one.evidence]
        proof = f"{piece.name}, version {piece.version}" if piece else ""
        if one.seen_on:
            proof = f"vu sur place le {one.seen_on:%d/%m/%Y}{f' : {one.seen_note}' if one.seen_note else ''}"
        rows.append(
            Row(
                cells=(
                    one.evidence,
                    described.text,
                    proof or "absente",
                    piece.expires_on if piece else None,
                    piece.sha256 if piece else "",
                )
            )
        )
    columns = (("evidence", "Pièce"), ("text", "Ce qu’elle est"), ("proof", "Preuve"), ("expires", "Expire le"),
               ("sha256", "SHA-256"))  # fmt: skip
    return _table("evidence", "Pièces", columns, rows)


def _sample(audit: Audit) -> Table:
    sample = audit.sample
    assert sample is not None
    rows = [Row(cells=(one.period, one.member, one.rank)) for one in sample.drawn]
    columns = (("period", "Période"), ("member", "CIL/CCI"), ("rank", "Rang du dossier déclaré"))
    note = f"Tiré de {sample.declared} dossier(s) déclaré(s), graine « {sample.seed} »."
    return _table("sample", "Échantillon de l’activité", columns, rows, note)


def _practices(audit: Audit) -> Table:
    rows = [Row(cells=(one.requirement, one.text)) for one in audit.practices]
    columns = (("requirement", "Exigence"), ("text", "Bonne pratique"))
    return _table("practices", "Bonnes pratiques", columns, rows, *(() if rows else ("Aucune n’est relevée.",)))


def _steps(audit: Audit) -> Table:
    rows = [Row(cells=(paris_day(one.at), STATES[one.after][0], one.by, one.note)) for one in audit.steps]
    columns = (("on", "Le"), ("state", "État"), ("by", "Par"), ("note", "Mot"))
    return _table("steps", "Déroulement", columns, rows)
