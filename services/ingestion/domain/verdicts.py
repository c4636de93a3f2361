"""Verdicts: what a file is found to be, its lines where it is taken, its errors where it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from services.ingestion.domain.case_counts import CaseCount
from services.ingestion.domain.codes import CODES
from services.ingestion.domain.told_columns import Case
from shared.report.french import HARD_SPACE, shorten

LONGEST_VALUE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Error:
    """Something that refuses a file; `message` never holds the received value, which stays apart.

    expected: what the message says is expected, alone.
    """

    line: int | None
    column: str | None
    code: str
    message: str
    value: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A right row, under the registry's names; an amount has two decimals. Without a member, it is the platform's."""

    line: int
    member: str
    department: str
    values: dict[str, int | Decimal]
    comment: str | None = None
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file is taken whole or refused whole, so one of `rows_accepted` and `rows_refused` is always 0.

    counts: how many errors of each code; smallest_group: of a case file, how many cases share the rarest combination of
    what could tell them apart; holds_identity: something in it names a person, so nothing of it may be kept; cases: of
    a case file, how many each member has.
    """

    verdict: Literal["accepted", "rejected"]
    counts: Mapping[str, int] = field(default_factory=dict)
    rows_accepted: int = 0
    rows_refused: int = 0
    rows_blank: int = 0
    smallest_group: int | None = None
    holds_identity: bool = False
    cases: Mapping[str, CaseCount] = field(default_factory=dict)

    @property
    def error_count(self) -> int:
        return sum(self.counts.values())

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that refuse the file, each once, sorted."""
        return tuple(sorted(self.counts))


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome with everything that was found, for a file small enough to hold it all."""

    outcome: Outcome
    errors: tuple[Error, ...] = ()
    lines: tuple[Line, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def verdict(self) -> Literal["accepted", "rejected"]:
        return self.outcome.verdict

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that refuse the file, each once, sorted."""
        return self.outcome.codes

    @property
    def rows_accepted(self) -> int:
        return self.outcome.rows_accepted

    @property
    def rows_refused(self) -> int:
        return self.outcome.rows_refused

    @property
    def rows_blank(self) -> int:
        return self.outcome.rows_blank


def refusal(
    code: str, *, line: int | None = None, column: str | None = None, value: str | None = None, **details: object
) -> Error:
    """The error of a code, its French sentence filled with the details that the code's sentence asks for."""
    sentence, expected = _said(code, tuple(details.items()))
    shown = None if value is None else _shown(value)
    return Error(line, column, code, capital(place_told(line, column) + sentence), shown, expected)


@lru_cache(maxsize=4_096)
def _said(code: str, details: tuple[tuple[str, object], ...]) -> tuple[str, str | None]:
    """The sentence of a code and what it says is expected; a file that is wrong is often wrong in one way."""
    said, filled = CODES[code], dict(details)
    expected = said.expected and said.expected.format(**filled)
    return said.sentence.format(**filled) + expectation_told(expected), expected


def _shown(value: str) -> str:
    return shorten(value, LONGEST_VALUE_SHOWN)


def place_told(line: int | None, column: str | None) -> str:
    """Where, to be said before what: « ligne 4, colonne « organisme » : »."""
    places = []
    if line is not None:
        places.append(f"ligne {line}")
    if column is not None:
        places.append(_named(column))
    return f"{', '.join(places)}{HARD_SPACE}: " if places else ""


def expectation_told(expected: str | None) -> str:
    return f" Attendu{HARD_SPACE}: {expected}." if expected else ""


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _named(column: str) -> str:
    return f"colonne «{HARD_SPACE}{shorten(column, 60)}{HARD_SPACE}»" if column else "colonne sans nom"
