"""The French names that letters share."""

from shared.forms import FORMS
from shared.report.french import HARD_SPACE

COLON = f"{HARD_SPACE}: "
GREETING = "Bonjour,"
# From the whole to the parts.
LEVELS = {
    "national": "au niveau national",
    "platform": "par Plate-forme",
    "region": "par région",
    "member": "par CIL/CCI",
}


# What is issued of both services at once, under a code that is no form's.
SYNTHESIS = "synthese"


def form_title(code: str) -> str:
    """The form's title; a form that this version does not know keeps its code."""
    return FORMS[code].title if code in FORMS else code


def short_form(code: str) -> str:
    return FORMS[code].service_title if code in FORMS else code


def table_title(form: str, level: str) -> str:
    """Which table, without its period."""
    return "Synthèse nationale des deux services" if form == SYNTHESIS else f"{short_form(form)} {LEVELS[level]}"


def count(number: int, singular: str, plural: str) -> str:
    """« 1 erreur », « 2 erreurs »; zero is singular in French."""
    return f"{number}{HARD_SPACE}{singular if number < 2 else plural}"
