"""A sheet written as CSV in the habits of its sender: separators, encodings, ways of writing a number or a code."""

import csv
import io
import re
from dataclasses import dataclass, field
from random import Random

_WHOLE_OR_CENTS = re.compile(r"(\d+)(?:\.(\d\d))?")
_FIRST_MEASURE = 2


@dataclass
class Sheet:
    """Column names, then cells: `organisme`, `departement`, the measures, `commentaire` where there is one."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Habit:
    """How a sender writes."""

    separator: str = ";"
    encoding: str = "utf-8"
    newline: str = "\r\n"
    grouping: str = ""
    whole_as: str = "{}"
    shouts: bool = False
    careless_codes: bool = False
    blank_rows: bool = False


PLAIN = Habit()
HABITS = (
    Habit(encoding="utf-8-sig", grouping="\u202f"),
    Habit(encoding="cp1252", grouping="\u00a0", shouts=True),
    Habit(encoding="cp1252", separator="\t", grouping=" "),
    Habit(separator=",", newline="\n", grouping=" "),
    Habit(newline="\n", whole_as="{},0", careless_codes=True),
    Habit(blank_rows=True, careless_codes=True, shouts=True),
)


def a_habit(draw: Random) -> Habit:
    return PLAIN if draw.random() < 0.6 else draw.choice(HABITS)


def written(sheet: Sheet, habit: Habit = PLAIN) -> bytes:
    """The bytes of the file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=habit.separator, lineterminator=habit.newline)
    blank = [[""] * len(sheet.columns)] if habit.blank_rows else []
    writer.writerows([*blank, _header(sheet, habit), *blank])
    for number, row in enumerate(sheet.rows):
        writer.writerow(_row(row, number, habit))
    writer.writerows(blank)
    return text.getvalue().encode(habit.encoding)


def _header(sheet: Sheet, habit: Habit) -> list[str]:
    return [f" {name.upper()} " if habit.shouts else name for name in sheet.columns]


def _row(row: list[str], number: int, habit: Habit) -> list[str]:
    codes = [_code(cell, number, habit) for cell in row[:_FIRST_MEASURE]]
    return codes + [_measure(cell, habit) for cell in row[_FIRST_MEASURE:]]


def _code(cell: str, number: int, habit: Habit) -> str:
    if not habit.careless_codes or number % 2:
        return cell
    return f" {cell.lower().removeprefix('0')} "


def _measure(cell: str, habit: Habit) -> str:
    if not (found := _WHOLE_OR_CENTS.fullmatch(cell)):
        return cell
    whole, cents = found.groups()
    grouped = f"{int(whole):,}".replace(",", habit.grouping)
    return f"{grouped},{cents}" if cents else habit.whole_as.format(grouped)
