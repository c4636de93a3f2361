"""Verdicts: what a file is found to be, its lines where it is taken, its errors where it is refused."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.ingestion.domain.codes import CODES
from services.ingestion.domain.typography import HARD_SPACE, shorten

LONGEST_VALUE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Error:
    """Something that refuses a file; `message` never holds the received value, which stays apart."""

    line: int | None
    column: str | None
    code: str
    message: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A right row, under the registry's names; an amount has two decimals."""

    line: int
    member: str
    department: str
    values: dict[str, int | Decimal]
    comment: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A file is taken whole or refused whole, so one of `rows_accepted` and `rows_refused` is always 0."""

    verdict: Literal["accepted", "rejected"]
    errors: tuple[Error, ...] = ()
    lines: tuple[Line, ...] = ()
    rows_accepted: int = 0
    rows_refused: int = 0
    rows_blank: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that refuse the file, each once, sorted."""
        return tuple(sorted({error.code for error in self.errors}))


def refusal(
    code: str, *, line: int | None = None, column: str | None = None, value: str | None = None, **details: object
) -> Error:
    """The error of a code, its French sentence filled with the details that the code's sentence asks for."""
    sentence = CODES[code].sentence.format(**details)
    return Error(line, column, code, _located(sentence, line, column), None if value is None else _shown(value))


def _shown(value: str) -> str:
    return shorten(value, LONGEST_VALUE_SHOWN)


def _located(sentence: str, line: int | None, column: str | None) -> str:
    """Say where before what: « Ligne 4, colonne « organisme » : … »."""
    places = []
    if line is not None:
        places.append(f"ligne {line}")
    if column is not None:
        places.append(_named(column))
    said = f"{', '.join(places)}{HARD_SPACE}: {sentence}" if places else sentence
    return said[:1].upper() + said[1:]


def _named(column: str) -> str:
    return f"colonne «{HARD_SPACE}{shorten(column, 60)}{HARD_SPACE}»" if column else "colonne sans nom"
