"""How numbers, dates, sizes and sentences are written for a French reader, and names put in order."""

import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from shared.clock import PARIS
from shared.periods import Period
from shared.report.model import CENT, Cell, Kind

THIN_SPACE = "\u202f"
HARD_SPACE = "\u00a0"
NOTHING = "–"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
UNITS = ("o", "ko", "Mo", "Go")
ELLIPSIS = "…"
_TYPESET = {
    " :": f"{HARD_SPACE}:",
    "« ": f"«{HARD_SPACE}",
    " »": f"{HARD_SPACE}»",
    " ;": f"{THIN_SPACE};",
    " !": f"{THIN_SPACE}!",
    " ?": f"{THIN_SPACE}?",
    "'": "’",
}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def number(value: int | Decimal) -> str:
    """Write a number with thousands parted by a thin space and a decimal comma."""
    return f"{value:,}".replace(",", THIN_SPACE).replace(".", ",").replace("-", "−")


def count(value: int, singular: str, plural: str) -> str:
    """Write how many of something: « 1 erreur », « 2 erreurs »; zero is singular in French."""
    return f"{number(value)}{HARD_SPACE}{singular if value < 2 else plural}"


def amount(value: int | Decimal) -> str:
    """Write an amount with its two decimals."""
    return number(Decimal(value).quantize(CENT, ROUND_HALF_UP))


def euros(value: int | Decimal) -> str:
    """Write an amount in euros."""
    return f"{amount(value)}{HARD_SPACE}€"


def rate(value: Decimal) -> str:
    """Write a change in per cent, with its sign."""
    return f"{'+' if value > 0 else ''}{number(value)}{HARD_SPACE}%"


def day(value: date) -> str:
    """Write a day in full: « 6 avril 2005 »."""
    first = "1er" if value.day == 1 else str(value.day)
    return f"{first}{HARD_SPACE}{MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a day in figures: « 06/04/2005 »."""
    return f"{value:%d/%m/%Y}"


def moment(value: datetime) -> str:
    """Write an instant as the clocks of Paris show it."""
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à {local.hour}{HARD_SPACE}h{HARD_SPACE}{local:%M}"


def period(code: str) -> str:
    """Name a period as `Period.title` does; what is none stays as it is."""
    try:
        return Period.parse(code).title
    except ValueError:
        return code


def size(octets: int) -> str:
    """Write a file's size with its unit."""
    value, unit = Decimal(octets), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    rounded = value.quantize(Decimal("0.1") if unit else Decimal(1))
    return f"{number(rounded)}{HARD_SPACE}{UNITS[unit]}"


def cell_text(cell: Cell, kind: Kind) -> str:
    """Write a table's cell; a number that is not there shows as a dash."""
    match cell:
        case None:
            return "" if kind == "text" else NOTHING
        case Decimal():
            return rate(cell) if kind == "rate" else amount(cell)
        case int():
            return number(cell)
        case date():
            return short_day(cell)
    return cell


def typeset(sentence: str) -> str:
    """Put the French spaces and apostrophes into a sentence of ours written with plain ones."""
    for plain, french in _TYPESET.items():
        sentence = sentence.replace(plain, french)
    return sentence


def shorten(text: str, longest: int) -> str:
    """Cut a text that is too long to show, and say so by an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}{ELLIPSIS}"


def sort_key(text: str) -> tuple[str, str]:
    """Order names as a French reader looks for them: accents and case count only between names equal but for them."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)), text
