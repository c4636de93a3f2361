"""What a template's workbook lets one write: the drop-down lists and input checks of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from services.ingestion.domain.form_told import ColumnTold
from services.ingestion.domain.sheet import MAX_CELL_CHARACTERS
from services.ingestion.domain.templates import Template
from shared.forms import FLAGS, Column, Form
from shared.report.french import shorten
from shared.report.inert import inert

LISTS = "Listes"
FIRST_ROW, LAST_ROW = 1, 20_000
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
_LONGEST_DEPARTMENT = 3
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(2199, 12, 31)
# The registry may change after the template was made.
_MAY_BE_OTHERWISE = ("member", "department")

Check = dict[str, Any]


class CheckNotTaken(Exception):
    """The workbook would have left a check out in silence."""


@dataclass
class Lists:
    """The hidden sheet of what drop-down lists offer, a column each."""

    sheet: Worksheet
    _places: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, values: Sequence[str]) -> str:
        """Its range, the same for the same name."""
        if name not in self._places:
            letter = xl_col_to_name(len(self._places))
            for row, text in enumerate((name, *values)):
                self.sheet.write_string(f"{letter}{row + 1}", inert(text))
            self._places[name] = f"{LISTS}!${letter}$2:${letter}${len(values) + 1}"
        return self._places[name]


class Checks:
    """The checks of the template's columns, one by one."""

    def __init__(self, template: Template, lists: Lists) -> None:
        self._template, self._form, self._lists = template, template.form, lists
        self._letters = {column.name: xl_col_to_name(at) for at, column in enumerate(template.form.columns)}

    def put(self, sheet: Worksheet, column: Column, told: ColumnTold) -> None:
        """Raises where the workbook does not take it: it says so by a number, nothing more."""
        at = list(self._letters).index(column.name)
        options = self._check(column) | _words(column, told)
        if sheet.data_validation(FIRST_ROW, at, LAST_ROW, at, options) != 0:
            raise CheckNotTaken(f"{self._form.code}: {column.name}")

    def _check(self, column: Column) -> Check:
        match column.type:
            case "member":
                return self._of_list("organismes", [member.code for member in self._template.members])
            case "code" | "flag":
                return self._of_codes(column)
            case "count" | "amount":
                return self._of_number(column)
            case "date":
                return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        return self._of_text(column)

    def _of_text(self, column: Column) -> Check:
        if column.type == "postcode":
            cell = self._cell(column)
            return {"validate": "custom", "value": f"=AND(LEN({cell})=5,ISNUMBER(VALUE({cell})))"}
        longest = _LONGEST_DEPARTMENT if column.type == "department" else MAX_CELL_CHARACTERS
        return {"validate": "length", "criteria": "<=", "value": longest}

    def _cell(self, column: Column) -> str:
        """Of the first row: the workbook moves it down with the check."""
        return f"{self._letters[column.name]}{FIRST_ROW + 1}"

    def _of_number(self, column: Column) -> Check:
        if column.scale:
            cell = self._cell(column)
            bounds = f"{cell}>={column.minimum},{cell}<={column.maximum}"
            rule = f"=AND(ISNUMBER({cell}),{bounds},ROUND({cell},{column.scale})={cell})"
            return {"validate": "custom", "value": rule}
        maximum = f"={self._cell(self._form.by_name[column.at_most])}" if column.at_most else int(column.maximum)
        return {"validate": "integer", "criteria": "between", "minimum": int(column.minimum), "maximum": maximum}

    def _of_list(self, name: str, values: Sequence[str]) -> Check:
        return {"validate": "list", "source": f"={self._lists.put(name, values)}"} if values else {"validate": "any"}

    def _of_codes(self, column: Column) -> Check:
        if column.type == "flag":
            flags = [flag for flag in FLAGS if flag != column.never]
            return self._of_list(" ou ".join(flags), flags)
        if not column.codes_by:
            name = column.codes or column.name
            return self._of_list(name, [code for code in self._form.codes_of(column) if code != column.never])
        other = self._letters[column.codes_by.column]
        return {"validate": "list", "source": f"={self._by_other(f'${other}{FIRST_ROW + 1}', column.codes_by.lists)}"}

    def _by_other(self, cell: str, lists: Mapping[str, str]) -> str:
        """The list that the other cell's code chooses; the last where it chooses none yet."""
        *some, (_, last) = lists.items()
        chosen = self._lists.put(last, list(self._form.codes[last]))
        for code, name in reversed(some):
            chosen = f'IF({cell}="{code}",{self._lists.put(name, list(self._form.codes[name]))},{chosen})'
        return chosen


def _words(column: Column, told: ColumnTold) -> Check:
    message = shorten(f"{told.essence}.", _LONGEST_MESSAGE)
    codes = [f"{code} = {label}" for one in told.lists for code, label in one.codes.items() if code != column.never]
    return {
        "input_title": shorten(column.label, _LONGEST_TITLE),
        "input_message": shorten("\n".join([message, *codes]), _LONGEST_MESSAGE),
        "error_title": "Valeur à revoir",
        "error_message": message,
        "error_type": "warning" if column.type in _MAY_BE_OTHERWISE else "stop",
    }


def codes_of_form(form: Form) -> list[tuple[str, str, str]]:
    """Column, code and label of every code that may be written."""
    return [
        (column.name, code, label)
        for column in form.columns
        for code, label in form.codes_of(column).items()
        if code != column.never
    ]
