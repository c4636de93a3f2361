"""Codes: everything that refuses a file, in the order in which the first is said, each with its sentence."""

from dataclasses import dataclass
from enum import StrEnum

from services.ingestion.domain.typography import typeset


class Stage(StrEnum):
    """A stage that finds something stops the next."""

    FILE = "file"
    PERIOD = "period"
    EMPTY = "empty_file"
    STRUCTURE = "structure"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its title and sentence in French, and the place of the text that it comes from."""

    code: str
    stage: Stage
    title: str
    sentence: str
    source: str


_FORMAT = "Format d'échange UESL, "
_READING, _COUNTS, _BOUNDS = _FORMAT + "lecture d'un fichier", _FORMAT + "ce qui compte", _FORMAT + "bornes"
_CODES, _REFUSED = _FORMAT + "codes", _FORMAT + "ce qui refuse un fichier"
_MATRICES = "Niveau 1, principes généraux : une ligne par CIL/CCI qui réalise la prestation"
_MOBILITY = "Niveau 1, tableau de bord trimestriel du CIL-PASS mobilité, "
_SURVEYS = "Niveau 2, informations sur les enquêtes de satisfaction"
_CASES = "Niveau 2, informations collectées par dossier traité"
_DUE = "Niveau 1 : tableaux à envoyer dans les 30 jours qui suivent la fin du trimestre"

_TABLE: dict[Stage, tuple[tuple[str, str, str, str], ...]] = {
    Stage.FILE: (
        ("unreadable_file", "Fichier illisible", "le fichier ne peut pas être lu : {reason}.", _READING),
        (
            "too_large",
            "Fichier trop grand",
            (
                "le fichier dépasse une limite : {reason}. Les limites sont de 256 Mio, 2 000 000 de rangées,"
                " 200 colonnes et 2 000 caractères par case."
            ),
            _READING,
        ),
        (
            "bad_file_name",
            "Nom de fichier incorrect",
            (
                "le nom du fichier doit être de la forme formulaire_plateforme_période, par exemple"
                " « assistance-trimestriel_PF01_2005-T1.csv »."
            ),
            _READING,
        ),
        (
            "not_allowed",
            "Dépôt non autorisé",
            "la plate-forme, le formulaire ou le dossier n'est pas celui de l'expéditeur.",
            _REFUSED,
        ),
    ),
    Stage.PERIOD: (
        (
            "unknown_period",
            "Période inconnue",
            "cette période n'existe pas pour ce formulaire. Attendu : {expected}, à partir de {first}.",
            _READING,
        ),
        (
            "period_not_open",
            "Période pas encore ouverte",
            "la période n'est pas terminée ; elle est ouverte aux dépôts à partir du {opening}.",
            _DUE,
        ),
        ("period_closed", "Période close", "l'UESL a clos cette période, qui ne reçoit plus de dépôt.", _READING),
        (
            "agreement_expired",
            "Agrément échu",
            "l'agrément de la plate-forme ne couvre pas le dernier jour de la période, le {last_day}.",
            _COUNTS,
        ),
    ),
    Stage.EMPTY: (
        (
            "empty_file",
            "Fichier vide",
            (
                "le fichier ne contient aucune rangée. Attendu : l'en-tête, puis une rangée par organisme, avec des"
                " zéros s'il n'a rien à déclarer."
            ),
            _COUNTS,
        ),
    ),
    Stage.STRUCTURE: (
        (
            "duplicate_column",
            "Colonne en double",
            "cette colonne figure plusieurs fois dans l'en-tête. Attendu : chaque colonne une seule fois.",
            _REFUSED,
        ),
        (
            "identifying_data",
            "Donnée identifiante",
            "un dossier est anonyme ; ni colonne ni case ne doit permettre d'identifier une personne.",
            "Niveau 2 : informations anonymes, dans le cadre de la loi « Informatique et Libertés »",
        ),
        (
            "unknown_column",
            "Colonne inconnue",
            "cette colonne n'appartient pas au formulaire. Colonnes attendues : {columns}.",
            _REFUSED,
        ),
        (
            "missing_column",
            "Colonne manquante",
            "cette colonne obligatoire manque dans l'en-tête. Colonnes attendues : {columns}.",
            _REFUSED,
        ),
    ),
    Stage.ROWS: (
        (
            "wrong_field_count",
            "Nombre de cases incorrect",
            "la rangée n'a pas autant de cases que l'en-tête. Attendu : {expected} cases ; reçu : {found}.",
            _REFUSED,
        ),
        ("missing_value", "Valeur manquante", "la case est vide. Attendu : une valeur, 0 s'il n'y a rien.", _REFUSED),
        (
            "not_a_number",
            "Nombre illisible",
            "ce n'est pas un nombre. Attendu : des chiffres, par exemple 1234, 1 234 ou 1234,56.",
            _READING,
        ),
        ("negative_value", "Valeur négative", "un nombre sans signe, positif ou nul, est attendu.", _READING),
        ("not_an_integer", "Nombre non entier", "un nombre entier, sans décimales, est attendu.", _BOUNDS),
        ("too_many_decimals", "Trop de décimales", "deux décimales au plus sont attendues.", _BOUNDS),
        ("unknown_code", "Code inconnu", "ce code n'existe pas. Attendu : l'un des codes du formulaire.", _CODES),
        ("bad_date", "Date illisible", "une date est attendue, par exemple 2005-03-31 ou 31/03/2005.", _READING),
        (
            "bad_postcode",
            "Code postal incorrect",
            "un code postal à cinq chiffres, de France métropolitaine ou des DOM, est attendu.",
            _BOUNDS,
        ),
        (
            "out_of_bounds",
            "Valeur hors bornes",
            "la valeur est hors bornes. Attendu : de {cell.minimum} à {cell.maximum}.",
            _BOUNDS,
        ),
        (
            "unknown_member",
            "Organisme inconnu",
            (
                "cet organisme n'est pas à l'annuaire. Attendu : le code d'un CIL ou d'une CCI ; un opérateur n'est"
                " jamais un organisme."
            ),
            _MATRICES,
        ),
        (
            "foreign_member",
            "Organisme d'une autre plate-forme",
            (
                "cet organisme n'est pas rattaché à la plate-forme pour ce service au {cell.day}. Attendu : un"
                " organisme qui l'est."
            ),
            "Niveau 1, principes généraux : transmises par les Plates-formes pour les CIL/CCI adhérents",
        ),
        (
            "delegated_member",
            "Service confié à un autre organisme",
            (
                "cet organisme a confié le service par accord formel. Attendu : son activité sur la ligne de"
                " {cell.delegate}, et pas de ligne à son nom."
            ),
            _MATRICES + ", pour lui et les CIL/CCI qui lui ont confié la réalisation",
        ),
        (
            "duplicate_line",
            "Ligne en double",
            "la ligne {cell.first_line} porte déjà la même chose. Attendu : une seule ligne.",
            _MATRICES,
        ),
        (
            "wrong_department",
            "Département incorrect",
            "ce n'est pas le département de l'organisme. Attendu : {cell.department}, ou une case vide.",
            "Niveau 1, principes généraux : classement des CIL/CCI par département",
        ),
        (
            "more_companies_than_cases",
            "Plus d'entreprises que de dossiers",
            "il y a plus d'entreprises que de dossiers. Attendu : au plus le nombre de dossiers individuels.",
            _MOBILITY + "note (3) : entreprises concernées par les dossiers aboutis",
        ),
        (
            "amount_without_case",
            "Montant sans dossier",
            "un montant est facturé sans dossier. Attendu : 0, ou au moins un dossier individuel.",
            _MOBILITY + "note (2) : montant des opérations abouties",
        ),
        (
            "total_mismatch",
            "Total incorrect",
            "le total n'est pas la somme des quatre niveaux de satisfaction.",
            _SURVEYS,
        ),
        (
            "more_answers_than_services",
            "Plus de réponses que de prestations",
            "il y a plus de réponses que de prestations réalisées.",
            _SURVEYS,
        ),
        ("missing_item", "Critère manquant", "les quatre critères du service sont attendus.", _SURVEYS),
        (
            "out_of_scope",
            "Hors du périmètre",
            "les plans d'apurement et les partenariats de mobilité ne font pas partie du périmètre.",
            _CASES,
        ),
    ),
}

CODES: dict[str, Code] = {
    code: Code(code, stage, typeset(title), typeset(sentence), typeset(source))
    for stage, entries in _TABLE.items()
    for code, title, sentence, source in entries
}
ORDER: dict[str, int] = {code: place for place, code in enumerate(CODES)}

UNREADABLE = {
    reason: typeset(sentence)
    for reason, sentence in {
        "bytes": "un octet n'est ni de l'UTF-8 ni du Windows-1252",
        "control_character": "il contient un caractère de commande ; tabulation et fins de ligne sont seules admises",
        "line_end": "une ligne est coupée par un retour chariot seul ; les lignes finissent par CRLF ou LF",
        "quotes": "un guillemet ouvert n'est pas refermé, ou du texte suit un guillemet fermé",
    }.items()
}
TOO_LARGE = {
    reason: typeset(sentence)
    for reason, sentence in {
        "bytes": "trop d'octets",
        "rows": "trop de rangées",
        "columns": "trop de colonnes",
        "cell": "une case trop longue",
    }.items()
}
