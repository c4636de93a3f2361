"""What makes UESL refuse a file: each refusal spoils a good sheet in one known way and names the codes it must get."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from random import Random

from services.cli.sample.writing import PLAIN, Sheet, written
from shared.network import Network

_ASSISTANCE = "assistance-trimestriel"
_MOBILITE = "mobilite-trimestriel"
_MEMBER, _DEPARTMENT, _FIRST, _SECOND, _THIRD = range(5)


@dataclass(frozen=True)
class Situation:
    """Whose file is spoilt, and the day on which rights are judged."""

    draw: Random
    network: Network
    platform: str
    service: str
    day: date


class Inapplicable(Exception):
    """This file cannot be spoilt in that way: nobody has delegated, say."""


Spoil = Callable[[Sheet, Situation], None]


@dataclass(frozen=True)
class Refusal:
    """One way of being refused; `form` is None where it suits every form."""

    slug: str
    codes: tuple[str, ...]
    spoil: Spoil
    form: str | None = None

    def content(self, good: Sheet, situation: Situation) -> bytes:
        sheet = deepcopy(good)
        self.spoil(sheet, situation)
        return b"\x00\x07" + written(sheet) if "unreadable_file" in self.codes else written(sheet, PLAIN)


def _cell(column: int, value: str) -> Spoil:
    """One cell of one row holds that value instead."""

    def spoil(sheet: Sheet, situation: Situation) -> None:
        situation.draw.choice(sheet.rows)[column] = value

    return spoil


def _cells(*values: str) -> Spoil:
    """The measures of one row hold those values instead."""

    def spoil(sheet: Sheet, situation: Situation) -> None:
        situation.draw.choice(sheet.rows)[_FIRST : _THIRD + 1] = values

    return spoil


def _nothing(sheet: Sheet, situation: Situation) -> None:
    """The bytes are spoilt, not the sheet."""


def _without_rows(sheet: Sheet, situation: Situation) -> None:
    sheet.rows.clear()


def _column_twice(sheet: Sheet, situation: Situation) -> None:
    _add_column(sheet, sheet.columns[_FIRST], "1")


def _column_unknown(sheet: Sheet, situation: Situation) -> None:
    _add_column(sheet, "objectif_annuel", "250")


def _add_column(sheet: Sheet, name: str, value: str) -> None:
    sheet.columns.append(name)
    for row in sheet.rows:
        row.append(value)


def _column_missing(sheet: Sheet, situation: Situation) -> None:
    for row in (sheet.columns, *sheet.rows):
        del row[_THIRD]


def _row_short(sheet: Sheet, situation: Situation) -> None:
    situation.draw.choice(sheet.rows).pop()


def _row_long(sheet: Sheet, situation: Situation) -> None:
    situation.draw.choice(sheet.rows).append("0")


def _row_twice(sheet: Sheet, situation: Situation) -> None:
    sheet.rows.append(list(situation.draw.choice(sheet.rows)))


def _operator(sheet: Sheet, situation: Situation) -> None:
    if not situation.network.operators:
        raise Inapplicable
    situation.draw.choice(sheet.rows)[_MEMBER] = situation.draw.choice(situation.network.operators).code


def _wrong_department(sheet: Sheet, situation: Situation) -> None:
    row = situation.draw.choice(sheet.rows)
    row[_DEPARTMENT] = "75" if row[_DEPARTMENT] != "75" else "13"


def _foreign_member(sheet: Sheet, situation: Situation) -> None:
    others = [office.code for office in situation.network.platforms if office.code != situation.platform]
    members = [
        member for code in others for member in situation.network.performers(code, situation.service, situation.day)
    ]
    if not members:
        raise Inapplicable
    _add_row(sheet, situation, situation.draw.choice(members).code)


def _delegated_member(sheet: Sheet, situation: Situation) -> None:
    members = [
        member.code
        for member in situation.network.members
        if member.platform_on(situation.service, situation.day) == situation.platform
        and member.delegated_to(situation.service, situation.day)
    ]
    if not members:
        raise Inapplicable
    _add_row(sheet, situation, situation.draw.choice(members))


def _add_row(sheet: Sheet, situation: Situation, code: str) -> None:
    member = situation.network.member(code)
    assert member is not None
    rest = [""] * (len(sheet.columns) - _THIRD - 1)
    sheet.rows.append([code, member.department_on(situation.day), "2", "1", "0", *rest])


def _several(sheet: Sheet, situation: Situation) -> None:
    """Three wrong cells in one row, and a row that is nobody's."""
    sheet.rows[0][_FIRST : _THIRD + 1] = ["-3", "n.c.", "2,5"]
    rest = [""] * (len(sheet.columns) - _THIRD - 1)
    sheet.rows.append(["CIL-X99", "", "4", "2", "1", *rest])


REFUSALS = (
    Refusal("illisible", ("unreadable_file",), _nothing),
    Refusal("sans-ligne", ("empty_file",), _without_rows),
    Refusal("colonne-double", ("duplicate_column",), _column_twice),
    Refusal("colonne-inconnue", ("unknown_column",), _column_unknown),
    Refusal("colonne-manquante", ("missing_column",), _column_missing),
    Refusal("rangee-courte", ("wrong_field_count",), _row_short),
    Refusal("rangee-longue", ("wrong_field_count",), _row_long),
    Refusal("valeur-absente", ("missing_value",), _cell(_SECOND, "")),
    Refusal("texte", ("not_a_number",), _cell(_FIRST, "une douzaine")),
    Refusal("negatif", ("negative_value",), _cell(_SECOND, "-4")),
    Refusal("decimale", ("not_an_integer",), _cell(_FIRST, "12,5")),
    Refusal("hors-bornes", ("out_of_bounds",), _cell(_FIRST, "12000000")),
    Refusal("operateur", ("unknown_member",), _operator),
    Refusal("organisme-inconnu", ("unknown_member",), _cell(_MEMBER, "CIL-X99")),
    Refusal("autre-plateforme", ("foreign_member",), _foreign_member),
    Refusal("delegue", ("delegated_member",), _delegated_member),
    Refusal("doublon", ("duplicate_line",), _row_twice),
    Refusal("departement-faux", ("wrong_department",), _wrong_department),
    Refusal("centimes", ("too_many_decimals",), _cell(_THIRD, "1520,375"), _MOBILITE),
    Refusal("entreprises", ("more_companies_than_cases",), _cells("3", "5", "4100.00"), _MOBILITE),
    Refusal("montant-sans-dossier", ("amount_without_case",), _cells("0", "0", "950.00"), _MOBILITE),
    Refusal("plusieurs", ("negative_value", "not_a_number", "not_an_integer", "unknown_member"), _several, _ASSISTANCE),
)
