"""Cells: what one cell says, or the code that it breaks, told by its text and its column alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from services.ingestion.domain.identity import holds_identity
from services.ingestion.domain.numerals import Number, read_number
from services.ingestion.domain.scene import normal_code, normal_department
from shared.forms import Column, Form
from shared.regions import DEPARTMENTS
from shared.report import french

_CENT = Decimal("0.01")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FRENCH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_CORSICA = "20"
_STARTS = sorted({_CORSICA, *filter(str.isdigit, DEPARTMENTS)}, key=lambda start: (len(start), start))
# A département's, then what makes five digits: `20` stands for both of Corsica, three digits for those overseas.
POSTCODE = "|".join(f"({'|'.join(starts)})[0-9]{{{5 - many}}}" for many, starts in groupby(_STARTS, key=len))
_POSTCODE = re.compile(POSTCODE)
FLAGS_READ = {"O": "O", "N": "N", "OUI": "O", "NON": "N"}
_MOST_REMEMBERED = 50_000
_EXPECTED = {
    "count": "un nombre, 0 s’il n’y a rien",
    "amount": "un montant, 0 s’il n’y a rien",
    "member": "le code d’un CIL ou d’une CCI",
    "department": "un département",
    "flag": "O ou N",
    "date": "une date, par exemple 2005-03-31",
    "postcode": "un code postal",
    "text": "un texte",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that breaks a rule, with what the rule's sentence tells."""

    code: str
    details: Mapping[str, object] = field(default_factory=dict)


Value = int | Decimal | str | None
Reader = Callable[[str], Any]


class Judged(dict[str, Any]):
    """What a column's cells say, by their text: a value or Broken. Most texts come back, so each is judged once."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        judged = self._read(text)
        if len(self) < _MOST_REMEMBERED:
            self[text] = judged
        return judged


def reader_of(form: Form, column: Column) -> Reader:
    """The rules of a column that look at nothing but the cell, in the order of the table of codes."""
    read = _READERS[column.type](form, column)

    def read_cell(written: str) -> Value | Broken:
        text = written.strip()
        if not text:
            return Broken("missing_value", {"expected": _expected(form, column)}) if column.required else None
        if form.anonymous and holds_identity(text):
            return Broken("identifying_data")
        judged: Value | Broken = read(text)
        return judged

    return read_cell


def _expected(form: Form, column: Column) -> str:
    return codes_told(form, column) if column.type == "code" else _EXPECTED[column.type]


def codes_told(form: Form, column: Column) -> str:
    return ", ".join(form.codes_of(column))


def _count(_: Form, column: Column) -> Reader:
    def read(text: str) -> int | Broken:
        number = read_number(text)
        if broken := _broken_sign(number):
            return broken
        assert number
        if not number.is_whole:
            return Broken("not_an_integer")
        return _bounded(column, number) or int(number.value)

    return read


def _amount(_: Form, column: Column) -> Reader:
    def read(text: str) -> Decimal | Broken:
        number = read_number(text)
        if broken := _broken_sign(number):
            return broken
        assert number
        if len(number.decimals) > column.scale:
            return Broken("too_many_decimals")
        return _bounded(column, number) or number.value.quantize(_CENT)

    return read


def _broken_sign(number: Number | None) -> Broken | None:
    """The sign itself is refused: `-0` too."""
    if number is None:
        return Broken("not_a_number")
    return Broken("negative_value") if number.has_minus else None


def _bounded(column: Column, number: Number) -> Broken | None:
    if column.minimum <= number.value <= column.maximum:
        return None
    return Broken("out_of_bounds", {"minimum": french.number(column.minimum), "maximum": french.number(column.maximum)})


def _code(form: Form, column: Column) -> Reader:
    codes = {normal_code(code): code for code in form.codes_of(column)}
    unknown = Broken("unknown_code", {"expected": codes_told(form, column)})
    return _in_scope(column, lambda text: codes.get(normal_code(text), unknown))


def _flag(_: Form, column: Column) -> Reader:
    unknown = Broken("unknown_code", {"expected": "O ou N (ou oui, non)"})
    return _in_scope(column, lambda text: FLAGS_READ.get(normal_code(text), unknown))


def _in_scope(column: Column, read: Reader) -> Reader:
    if column.never is None:
        return read
    expected = "N, ou une case vide" if column.type == "flag" else "un partenariat du CIL-PASS assistance"
    out = Broken("out_of_scope", {"expected": expected})

    def read_in_scope(text: str) -> Any:
        value = read(text)
        return out if value == column.never else value

    return read_in_scope


def _date(_: Form, __: Column) -> Reader:
    return _read_date


def _read_date(text: str) -> str | Broken:
    """As ISO."""
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := _FRENCH_DATE.fullmatch(text):
        day, month, year = found.groups()
    else:
        return Broken("bad_date")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return Broken("bad_date")


def _postcode(_: Form, __: Column) -> Reader:
    return _read_postcode


def _read_postcode(text: str) -> str | Broken:
    return text if _POSTCODE.fullmatch(text) else Broken("bad_postcode")


def _text(_: Form, __: Column) -> Reader:
    return str


def _member(_: Form, __: Column) -> Reader:
    """Who it is, the registry tells."""
    return normal_code


def _department(_: Form, __: Column) -> Reader:
    return normal_department


_READERS: Mapping[str, Callable[[Form, Column], Reader]] = {
    "count": _count,
    "amount": _amount,
    "code": _code,
    "flag": _flag,
    "date": _date,
    "postcode": _postcode,
    "text": _text,
    "member": _member,
    "department": _department,
}
