"""The verdict laid beside a file, as JSON and in French sentences."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.ingestion.domain import Error
from services.ingestion.tables.models import Submission
from services.ingestion.web.api import answer_body, receipt
from shared.forms import FORMS
from shared.report import french
from shared.web import Problem

_INCOMPLETE = {
    "cut": "La ligne a été coupée, ou l’envoi interrompu, avant la fin du fichier.",
    "holes": "Le fichier n’a pas été reçu en entier : il y manque des octets.",
    "sum": "Le contenu reçu n’a pas la somme que donne le fichier « .sha256 » déposé à côté.",
    "unsure": (
        "Rien ne distingue ce qui est arrivé du début d’un fichier plus long, comme en laisse un envoi interrompu. S’il"
        " est entier, dites-le : déposez à côté un fichier vide du même nom suivi de « .done », ou renommez-le."
    ),
    "temporary": "Le fichier porte encore un nom provisoire : renommez-le pour le déposer.",
    "failed": "Le service a rencontré une erreur en lisant ce fichier : envoyez-le à nouveau.",
}
INCOMPLETE = {reason: french.typeset(sentence) for reason, sentence in _INCOMPLETE.items()}
_COLON = f"{french.HARD_SPACE}: "


@dataclass(frozen=True, slots=True)
class Told:
    """The same verdict twice."""

    as_json: bytes
    as_text: bytes


def judged(submission: Submission, errors: Sequence[Error], *, is_new: bool, base_url: str) -> Told:
    lines = [*_head(submission), *_verdict(submission, is_new=is_new), *_errors(submission, errors, base_url)]
    if submission.to_confirm:
        lines += [
            "",
            _fact("Des avertissements demandent une explication ou une correction", _page(submission, base_url)),
        ]
    return Told(_written(answer_body(receipt(submission, errors))), _text(lines))


def incomplete(name: str, size: int, reason: str, hours: float) -> Told:
    """Not a submission: nothing of it is judged or counted."""
    kept = french.count(round(hours), "heure", "heures")
    advice = f"Ce qui est arrivé est gardé {kept}{_COLON}reprenez l’envoi, ou envoyez le fichier à nouveau."
    body = Problem(422, f"{INCOMPLETE[reason]} {advice}", code="incomplete", verdict="incomplete", file_name=name)
    lines = ["ENVOI INCOMPLET", "", _fact("Fichier", name), _fact("Octets reçus", french.number(size)), ""]
    said = [INCOMPLETE[reason], "Rien n’en a été pris en compte.", advice]
    return Told(_written({**body.body(), "size": size, "reason": reason}), _text([*lines, *said]))


def _written(body: dict[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _text(lines: Sequence[str]) -> bytes:
    """With the line ends and the mark that a French Windows needs to read accents."""
    return "\ufeff{}\r\n".format("\r\n".join(lines)).encode()


def _fact(label: str, value: str) -> str:
    return f"{label}{_COLON}{value}"


def _head(submission: Submission) -> list[str]:
    form = FORMS[submission.form].title if submission.form in FORMS else "inconnu"
    return [
        _fact(f"DÉPÔT N° {submission.number}", "ACCEPTÉ" if submission.verdict == "accepted" else "REFUSÉ"),
        "",
        _fact("Fichier", submission.file_name),
        _fact("Plate-forme", submission.platform),
        _fact("Formulaire", form),
        _fact("Période", french.period(submission.period) or "inconnue"),
        _fact("Reçu le", f"{french.moment(submission.received_at)} (heure de Paris)"),
        _fact("Empreinte SHA-256", submission.sha256),
        _fact("Référence", str(submission.id)),
        "",
    ]


def _verdict(submission: Submission, *, is_new: bool) -> list[str]:
    if not is_new:
        return [f"Ces octets sont déjà ceux de la version en vigueur{_COLON}rien n’a changé. Voici son reçu."]
    if submission.verdict == "accepted":
        rows = french.count(submission.rows_accepted, "ligne est prise", "lignes sont prises")
        said = [f"Le fichier est accepté{_COLON}{rows} en compte (version {submission.version})."]
        replaces = "Il remplace en entier la version précédente, qui reste consultable."
        return [*said, replaces] if (submission.version or 1) > 1 else said
    return [
        f"Le fichier est refusé en entier{_COLON}{french.count(submission.error_count, 'erreur', 'erreurs')}.",
        "Rien n’en a été pris en compte. Corrigez-le, puis déposez-le à nouveau.",
        "",
    ]


def _errors(submission: Submission, errors: Sequence[Error], base_url: str) -> list[str]:
    said = [_error(n, error) for n, error in enumerate(errors, start=1)]
    if (more := submission.error_count - len(errors)) > 0:
        others = french.count(more, "autre erreur", "autres erreurs")
        said.append(_fact(f"… et {others}", _page(submission, base_url)))
    return said


def _page(submission: Submission, base_url: str) -> str:
    return f"{base_url}/depots/{submission.id}"


def _error(n: int, error: Error) -> str:
    quoted = f"«{french.HARD_SPACE}{error.value}{french.HARD_SPACE}»"
    value = f" {_fact('Reçu', quoted)}." if error.value else ""
    return " ".join(f"{n}. {error.message}{value}".splitlines())
