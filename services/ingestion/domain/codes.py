"""Codes: everything that refuses a file, in the order in which the first is said, each with its sentence."""

from dataclasses import dataclass
from enum import StrEnum

from shared.report.french import typeset


class Stage(StrEnum):
    """A stage that finds something stops the next."""

    FILE = "file"
    PERIOD = "period"
    EMPTY = "empty_file"
    STRUCTURE = "structure"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Code:
    """A code in French: its title, what is wrong, what is expected instead; and the place of the text it comes from."""

    code: str
    stage: Stage
    title: str
    sentence: str
    expected: str | None
    source: str


_FORMAT = "Format d'échange UESL, "
_READING, _COUNTS, _BOUNDS = _FORMAT + "lecture d'un fichier", _FORMAT + "ce qui compte", _FORMAT + "bornes"
_CODES, _REFUSED = _FORMAT + "codes", _FORMAT + "ce qui refuse un fichier"
_MATRICES = "Niveau 1, principes généraux : une ligne par CIL/CCI qui réalise la prestation"
_MOBILITY = "Niveau 1, tableau de bord trimestriel du CIL-PASS mobilité, "
_SURVEYS = "Niveau 2, informations sur les enquêtes de satisfaction"
_CASES = "Niveau 2, informations collectées par dossier traité"
_DUE = "Niveau 1 : tableaux à envoyer dans les 30 jours qui suivent la fin du trimestre"

_TABLE: dict[Stage, tuple[tuple[str, str, str, str | None, str], ...]] = {
    Stage.FILE: (
        (
            "unreadable_file",
            "Fichier illisible",
            "le fichier ne peut pas être lu : {reason}.",
            "un CSV, un classeur XLSX ou ODS sans formule ni macro, ou du JSON",
            _READING,
        ),
        (
            "too_large",
            "Fichier trop grand",
            "le fichier dépasse une limite : {reason}.",
            "256 Mio, 2 000 000 de rangées, 200 colonnes et 2 000 caractères par case, au plus",
            _READING,
        ),
        (
            "bad_file_name",
            "Nom de fichier incorrect",
            "le nom du fichier n'est pas de la forme convenue.",
            "formulaire_plateforme_période, par exemple « assistance-trimestriel_PF01_2005-T1.csv »",
            _READING,
        ),
        (
            "not_allowed",
            "Dépôt non autorisé",
            "la plate-forme, le formulaire ou le dossier n'est pas celui de l'expéditeur.",
            None,
            _REFUSED,
        ),
    ),
    Stage.PERIOD: (
        (
            "unknown_period",
            "Période inconnue",
            "cette période n'existe pas pour ce formulaire.",
            "{expected}, à partir de {first}",
            _READING,
        ),
        (
            "period_not_open",
            "Période pas encore ouverte",
            "la période n'est pas terminée.",
            "un dépôt à partir du {opening}",
            _DUE,
        ),
        (
            "period_closed",
            "Période close",
            "l'UESL a clos cette période, qui ne reçoit plus de dépôt.",
            None,
            _READING,
        ),
        (
            "agreement_expired",
            "Agrément échu",
            "l'agrément de la plate-forme ne couvre pas le dernier jour de la période, le {last_day}.",
            None,
            _COUNTS,
        ),
    ),
    Stage.EMPTY: (
        (
            "empty_file",
            "Fichier vide",
            "le fichier ne contient aucune rangée.",
            "l'en-tête, puis une rangée par organisme, avec des zéros s'il n'a rien à déclarer",
            _COUNTS,
        ),
    ),
    Stage.STRUCTURE: (
        (
            "duplicate_column",
            "Colonne en double",
            "cette colonne figure plusieurs fois dans l'en-tête.",
            "chaque colonne une seule fois",
            _REFUSED,
        ),
        (
            "identifying_data",
            "Donnée identifiante",
            (
                "un dossier est anonyme : ni colonne ni case ne doit permettre d'identifier une personne. Rien de ce"
                " fichier n'est conservé."
            ),
            "le même fichier sans cette donnée",
            "Niveau 2 : informations anonymes, dans le cadre de la loi « Informatique et Libertés »",
        ),
        (
            "unknown_column",
            "Colonne inconnue",
            "cette colonne n'appartient pas au formulaire.",
            "les colonnes {columns}",
            _REFUSED,
        ),
        (
            "missing_column",
            "Colonne manquante",
            "cette colonne obligatoire manque dans l'en-tête.",
            "les colonnes {columns}",
            _REFUSED,
        ),
    ),
    Stage.ROWS: (
        (
            "wrong_field_count",
            "Nombre de cases incorrect",
            "la rangée n'a pas autant de cases que l'en-tête : elle en a {found}.",
            "{expected} cases",
            _REFUSED,
        ),
        (
            "missing_value",
            "Valeur manquante",
            "la case est vide.",
            "{expected}",
            _REFUSED,
        ),
        (
            "not_a_number",
            "Nombre illisible",
            "ce n'est pas un nombre.",
            "des chiffres, par exemple 1234, 1 234 ou 1234,56",
            _READING,
        ),
        (
            "negative_value",
            "Valeur négative",
            "le nombre est négatif.",
            "un nombre sans signe, positif ou nul",
            _READING,
        ),
        (
            "not_an_integer",
            "Nombre non entier",
            "le nombre n'est pas entier.",
            "un nombre entier, sans décimales",
            _BOUNDS,
        ),
        (
            "too_many_decimals",
            "Trop de décimales",
            "le montant a trop de décimales.",
            "deux décimales au plus",
            _BOUNDS,
        ),
        (
            "unknown_code",
            "Code inconnu",
            "ce code n'existe pas.",
            "{expected}",
            _CODES,
        ),
        (
            "bad_date",
            "Date illisible",
            "ce n'est pas une date.",
            "une date qui existe, par exemple 2005-03-31 ou 31/03/2005",
            _READING,
        ),
        (
            "bad_postcode",
            "Code postal incorrect",
            "ce n'est pas un code postal.",
            "cinq chiffres, de France métropolitaine ou des DOM",
            _BOUNDS,
        ),
        (
            "out_of_bounds",
            "Valeur hors bornes",
            "la valeur est hors bornes.",
            "de {minimum} à {maximum}",
            _BOUNDS,
        ),
        (
            "unknown_member",
            "Organisme inconnu",
            "cet organisme n'est pas à l'annuaire.",
            "le code d'un CIL ou d'une CCI ; un opérateur n'est jamais un organisme",
            _MATRICES,
        ),
        (
            "foreign_member",
            "Organisme d'une autre plate-forme",
            "cet organisme n'est pas rattaché à la plate-forme pour ce service au {day}.",
            "un organisme qui l'est",
            "Niveau 1, principes généraux : transmises par les Plates-formes pour les CIL/CCI adhérents",
        ),
        (
            "delegated_member",
            "Service confié à un autre organisme",
            "cet organisme a confié le service par accord formel.",
            "son activité sur la ligne de {delegate}, et pas de ligne à son nom",
            _MATRICES + ", pour lui et les CIL/CCI qui lui ont confié la réalisation",
        ),
        (
            "duplicate_line",
            "Ligne en double",
            "la ligne {first_line} a déjà cette clé ({key}).",
            "une seule ligne par clé",
            _MATRICES,
        ),
        (
            "wrong_department",
            "Département incorrect",
            "ce n'est pas le département de l'organisme.",
            "{department}, ou une case vide",
            "Niveau 1, principes généraux : classement des CIL/CCI par département",
        ),
        (
            "more_companies_than_cases",
            "Plus d'entreprises que de dossiers",
            "il y a plus d'entreprises que de dossiers.",
            "au plus le nombre de dossiers individuels",
            _MOBILITY + "note (3) : entreprises concernées par les dossiers aboutis",
        ),
        (
            "amount_without_case",
            "Montant sans dossier",
            "un montant est facturé sans dossier.",
            "0, ou au moins un dossier individuel",
            _MOBILITY + "note (2) : montant des opérations abouties",
        ),
        (
            "total_mismatch",
            "Total incorrect",
            "le total n'est pas la somme des quatre niveaux de satisfaction.",
            "{expected}",
            _SURVEYS,
        ),
        (
            "more_answers_than_services",
            "Plus de réponses que de prestations",
            "il y a plus de réponses que de prestations réalisées.",
            "{expected} au plus",
            _SURVEYS,
        ),
        (
            "missing_item",
            "Critère manquant",
            "il manque des critères de l'enquête pour {member}, service {service}.",
            "une ligne aussi pour {expected}",
            _SURVEYS,
        ),
        (
            "out_of_scope",
            "Hors du périmètre",
            "cette valeur est hors du périmètre de la prestation.",
            "{expected}",
            _CASES,
        ),
    ),
}

CODES: dict[str, Code] = {
    code: Code(code, stage, typeset(title), typeset(sentence), expected and typeset(expected), typeset(source))
    for stage, entries in _TABLE.items()
    for code, title, sentence, expected, source in entries
}
ORDER: dict[str, int] = {code: place for place, code in enumerate(CODES)}
