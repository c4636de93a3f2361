"""Cells, by the page of the format: what each says, or the code that refuses it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.forms import Column, Form
from tests.soak.reference.grid import Loose

_SPACES = " \u00a0\u202f"
_ASCII_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Bad:
    """Refused, by this code; `loosely`: another reader may well take it."""

    code: str
    loosely: bool = False


def is_digits(text: str) -> bool:
    return bool(text) and all(character in _ASCII_DIGITS for character in text)


def number_of(text: str) -> tuple[bool, str, str] | None:
    """Its sign, its digits without the spaces, its decimals; None for what is no number."""
    minus, text = text.startswith("-"), text.removeprefix("-")
    point = next((place for place, character in enumerate(text) if character in ",."), len(text))
    whole, decimals = text[:point], text[point + 1 :]
    if point < len(text) and not is_digits(decimals):
        return None
    groups = "".join(" " if character in _SPACES else character for character in whole).split(" ")
    if not all(map(is_digits, groups)):
        return None
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    return minus, "".join(groups), decimals


def read_cell(form: Form, column: Column, written: str) -> Any:
    """Its value, None where it is empty, or Bad."""
    text = written.strip()
    if not text:
        return Bad("missing_value") if column.required else None
    if isinstance(written, Loose):
        return _loose(form, column, written)
    return _READERS[column.type](form, column, text)


def _loose(form: Form, column: Column, written: Loose) -> Any:
    """What it is worth is known; whether its spelling is kept is the reader's."""
    exponent = int(written.lower().partition("e")[2] or 0)
    if column.type not in ("count", "amount") or abs(exponent) > 400:
        return Bad("", loosely=True)
    value = abs(Decimal(written)) if not written.strip("-0.eE+") else Decimal(written)
    read = _READERS[column.type](form, column, f"{value:f}")
    return Bad(read.code, loosely=True) if isinstance(read, Bad) else Taken(read)


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that another reader may refuse."""

    value: Any


def _count(_: Form, column: Column, text: str) -> int | Bad:
    if (number := number_of(text)) is None:
        return Bad("not_a_number")
    minus, whole, decimals = number
    if minus:
        return Bad("negative_value")
    if decimals.replace("0", ""):
        return Bad("not_an_integer")
    return int(whole) if _is_between(Decimal(whole), column) else Bad("out_of_bounds")


def _amount(_: Form, column: Column, text: str) -> Decimal | Bad:
    if (number := number_of(text)) is None:
        return Bad("not_a_number")
    minus, whole, decimals = number
    if minus:
        return Bad("negative_value")
    if len(decimals) > 2:
        return Bad("too_many_decimals")
    value = Decimal(f"{whole}.{decimals or '0'}")
    return value if _is_between(value, column) else Bad("out_of_bounds")


def _is_between(value: Decimal, column: Column) -> bool:
    return Decimal(column.minimum) <= value <= Decimal(column.maximum)


def _code(form: Form, column: Column, text: str) -> str | Bad:
    found = next((code for code in form.codes_of(column) if code.upper() == text.upper()), None)
    if found is None:
        return Bad("unknown_code")
    return Bad("out_of_scope") if found == column.never else found


def _flag(_: Form, column: Column, text: str) -> str | Bad:
    found = {"o": "O", "oui": "O", "n": "N", "non": "N"}.get(text.lower())
    if found is None:
        return Bad("unknown_code")
    return Bad("out_of_scope") if found == column.never else found


def _date(_: Form, __: Column, text: str) -> str | Bad:
    if len(text) != 10:
        return Bad("bad_date")
    parts = text.split("-") if "-" in text else text.split("/")[::-1]
    if [len(part) for part in parts] != [4, 2, 2] or not all(map(is_digits, parts)):
        return Bad("bad_date")
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return Bad("bad_date")


def _postcode(_: Form, __: Column, text: str) -> str | Bad:
    right = is_digits(text) and len(text) == 5 and (1 <= int(text[:2]) <= 95 or text[:3] in _OVERSEAS)
    return text if right else Bad("bad_postcode")


_OVERSEAS = ("971", "972", "973", "974", "976")


def _text(_: Form, __: Column, text: str) -> str:
    return text


_READERS = {
    "count": _count,
    "amount": _amount,
    "code": _code,
    "flag": _flag,
    "date": _date,
    "postcode": _postcode,
    "text": _text,
    "member": _text,
    "department": _text,
}
