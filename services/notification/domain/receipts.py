"""What a platform is told about each file that it sent."""

from services.notification.domain.letters import Draft
from services.notification.domain.words import COLON, GREETING, count, form_title, short_form
from shared.events import ReportedError, SubmissionAccepted, SubmissionRejected
from shared.report import french
from shared.report.model import Column, Row, Table

SHOWN_ERRORS = 50
LONGEST_VALUE = 60
DOORS = {"http": "par l’interface de programmation", "page": "par la page de dépôt", "sftp": "par SFTP"}
SEVERITIES = {"error": "erreur", "warning": "avertissement"}
Submission = SubmissionAccepted | SubmissionRejected


def receipt(event: Submission, platform_name: str, base_url: str) -> Draft:
    """A receipt, whatever the verdict."""
    if isinstance(event, SubmissionAccepted):
        return _acceptance(event, platform_name, base_url)
    return _refusal(event, platform_name, base_url)


def _subject(event: Submission) -> str:
    """A file whose name does not say what it is has its name alone."""
    return ", ".join(filter(None, (short_form(event.form), french.period(event.period)))) or event.file_name


def _facts(event: Submission, platform_name: str, more: list[tuple[str, str]]) -> Table:
    facts = [
        ("Référence", str(event.submission)),
        ("Plate-forme", f"{platform_name} ({event.platform})" if platform_name else event.platform),
        ("Formulaire", form_title(event.form)),
        ("Période", french.period(event.period)),
        ("Fichier", event.file_name),
        ("Reçu le", f"{french.moment(event.received_at)} (heure de Paris), {DOORS[event.door]}"),
        ("Empreinte SHA-256", event.sha256),
        *more,
    ]
    columns = (Column(key="what", label="Rubrique"), Column(key="value", label="Valeur"))
    rows = [Row(cells=fact) for fact in facts]
    return Table(key="receipt", title="Votre dépôt", columns=columns, rows=rows)


def _link(event: Submission, base_url: str) -> tuple[str, str]:
    return ("Voir ce dépôt", f"{base_url}/depots/{event.submission}")


def _acceptance(event: SubmissionAccepted, platform_name: str, base_url: str) -> Draft:
    more = [("Version", str(event.version)), ("Lignes prises en compte", french.number(len(event.lines)))]
    said = "Votre fichier est accepté : toutes ses lignes comptent dans les totaux."
    replaced = "Il remplace en entier la version précédente, qui reste consultable." if event.version > 1 else ""
    return Draft(
        title=f"Dépôt accepté{COLON}{_subject(event)}",
        paragraphs=tuple(filter(None, (GREETING, said.replace(" :", "\u00a0:"), replaced))),
        tables=(_facts(event, platform_name, more),),
        links=(_link(event, base_url),),
    )


def _refusal(event: SubmissionRejected, platform_name: str, base_url: str) -> Draft:
    errors = count(event.error_count, "erreur", "erreurs")
    said = (
        f"Votre fichier est refusé en entier{COLON}il contient {errors}. Rien n’en a été pris en compte et la version "
        "précédente, s’il y en a une, reste valable. Corrigez le fichier, puis déposez-le à nouveau."
    )
    return Draft(
        title=f"Dépôt refusé ({errors}){COLON}{_subject(event)}",
        paragraphs=(GREETING, said),
        tables=(_facts(event, platform_name, [("Erreurs", french.number(event.error_count))]), _errors(event)),
        links=(_link(event, base_url),),
    )


def _errors(event: SubmissionRejected) -> Table:
    shown = event.errors[:SHOWN_ERRORS]
    partial = event.error_count > len(shown)
    note = f"Seules les {len(shown)} premières erreurs figurent ici{COLON}la page du dépôt les donne toutes."
    columns = (
        Column(key="line", label="Ligne", kind="count"),
        Column(key="column", label="Colonne"),
        Column(key="message", label="Ce qui ne va pas"),
        Column(key="value", label="Valeur reçue"),
        Column(key="expected", label="Attendu"),
    )
    rows = [Row(cells=_cells(error)) for error in shown]
    return Table(key="errors", title="Erreurs", columns=columns, rows=rows, notes=(note,) if partial else ())


def _cells(error: ReportedError) -> tuple[int | str | None, ...]:
    value = error.value and french.shorten(error.value, LONGEST_VALUE)
    return (error.line, error.column, _wrong(error), value, error.expected)


def _wrong(error: ReportedError) -> str:
    """The sentence without its place and what is expected, which have columns of their own; then how grave, and the
    code by which programs know it."""
    sentence = error.message.removesuffix(f" Attendu\u00a0: {error.expected}.")
    if error.line is not None or error.column is not None:
        sentence = sentence.partition("\u00a0: ")[2] or sentence
    return f"{sentence[:1].upper()}{sentence[1:]} ({SEVERITIES[error.severity]} {error.code})"
