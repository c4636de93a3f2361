"""How numbers, dates and sizes are written for a French reader."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from shared.report.model import CENT, Cell, Kind

THIN_SPACE = "\u202f"
HARD_SPACE = "\u00a0"
NOTHING = "–"
PARIS = ZoneInfo("Europe/Paris")
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


def number(value: int | Decimal) -> str:
    """Write a number with thousands parted by a thin space and a decimal comma."""
    return f"{value:,}".replace(",", THIN_SPACE).replace(".", ",").replace("-", "−")


def amount(value: int | Decimal) -> str:
    """Write an amount with its two decimals."""
    return number(Decimal(value).quantize(CENT, ROUND_HALF_UP))


def euros(value: int | Decimal) -> str:
    """Write an amount in euros."""
    return f"{amount(value)}{HARD_SPACE}€"


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
    """Name a period: « 1er trimestre 2005 », « année 2005 »."""
    parts = re.fullmatch(r"(\d{4})(?:-T([1-4]))?", code)
    if parts is None:
        return code
    year, quarter = parts.groups()
    if quarter is None:
        return f"année {year}"
    return f"{quarter}{'er' if quarter == '1' else 'e'} trimestre {year}"


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
            return amount(cell)
        case int():
            return number(cell)
        case date():
            return short_day(cell)
    return cell
