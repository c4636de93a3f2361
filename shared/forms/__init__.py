"""The forms as data: what a platform sends, column by column, each with its place in the source text."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.forms.validity import ALWAYS, Valid, any_overlap
from shared.periods import Period

ColumnType = Literal["member", "department", "count", "amount", "text", "code", "flag", "postcode", "date"]
FLAGS = ("O", "N")


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Dated(_Described):
    valid: Valid = ALWAYS


class CodesBy(_Described):
    """Which list of codes holds depends on another column's code."""

    column: str
    lists: Mapping[str, str]


class RequiredWhere(_Described):
    """Required where another column has that value."""

    column: str
    is_: str = Field(alias="is")


class Whole(_Described):
    """Every code of a column is there once per group of rows, the optional ones apart."""

    column: str
    per: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Column(_Dated):
    """One column of a form. Bounds are inclusive; an `amount` is in euros with two decimals.

    codes: the form's list of codes; at_most: the column whose value bounds this one; never: a right value that is out
    of the form's scope. What changes in time stands several times under its name, each with its validity.
    """

    name: str
    label: str
    type: ColumnType
    required: bool = True
    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(9_999_999)
    measure: bool = False
    note: str | None = None
    codes: str | None = None
    codes_by: CodesBy | None = None
    at_most: str | None = None
    required_where: RequiredWhere | None = None
    never: str | None = None

    @property
    def scale(self) -> int:
        """Decimals kept: 2 for euros, 0 for counts."""
        return 2 if self.type == "amount" else 0


class CodeList(_Dated):
    """Codes with their labels, for as long as they hold."""

    codes: Mapping[str, str]


def _as_dated(written: Any) -> Any:
    """A list that holds always is written without its dates."""
    return ({"codes": written},) if isinstance(written, Mapping) else written


DatedLists = Annotated[tuple[CodeList, ...], BeforeValidator(_as_dated)]


class Form(_Described):
    """A form: who reports what, and by when.

    key: the columns that no two rows share; anonymous: no row may name a person; whole: what must not be missing;
    row: what there is one row of; examples: right rows, without their empty cells.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    code: str
    title: str
    service_title: str
    row: str = ""
    kind: Literal["quarterly", "annual"]
    services: tuple[str, ...]
    due_days: int = Field(gt=0)
    key: tuple[str, ...] = ()
    anonymous: bool = False
    whole: Whole | None = None
    code_lists: Mapping[str, DatedLists] = Field(default={}, alias="codes")
    columns: tuple[Column, ...]
    examples: tuple[Mapping[str, str], ...] = ()
    source: str

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        names = {column.name for column in self.columns}
        others = [column.codes_by.column for column in self.columns if column.codes_by]
        others += [column.required_where.column for column in self.columns if column.required_where]
        others += [column.at_most for column in self.columns if column.at_most]
        if strange := {*self.key, *others, *(name for row in self.examples for name in row)} - names:
            raise ValueError(f"{self.code}: no such column: {', '.join(sorted(strange))}")
        lists = [name for column in self.columns for name in _lists_of(column)]
        if strange := set(lists) - self.code_lists.keys():
            raise ValueError(f"{self.code}: no such list of codes: {', '.join(sorted(strange))}")
        return self

    @model_validator(mode="after")
    def _holds_once_at_a_time(self) -> Self:
        spans: dict[str, list[Valid]] = {
            f"codes {name}": [one.valid for one in lists] for name, lists in self.code_lists.items()
        }
        for column in self.columns:
            spans.setdefault(column.name, []).append(column.valid)
        if twice := [name for name, found in spans.items() if any_overlap(found)]:
            raise ValueError(f"{self.code}: holds twice at a time: {', '.join(twice)}")
        return self

    def __hash__(self) -> int:
        return hash(self.code)

    @property
    def measures(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.measure)

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, str]]:
        """The lists by name; where several follow one another in time, all that their codes ever were."""
        return {
            name: {code: label for one in lists for code, label in one.codes.items()}
            for name, lists in self.code_lists.items()
        }

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def codes_of(self, column: Column) -> Mapping[str, str]:
        """Every code that the column may hold, with its label; of all lists where they depend on another column."""
        return {code: label for name in _lists_of(column) for code, label in self.codes[name].items()}

    @cached_property
    def is_dated(self) -> bool:
        """Whether anything of it holds for some time only."""
        return not all(described.valid.is_always for described in self._dated())

    def _dated(self) -> Iterator[_Dated]:
        yield from self.columns
        for lists in self.code_lists.values():
            yield from lists

    def at(self, period: Period, sent: date) -> "Form":
        """The form as it holds for that period, sent on that day."""
        if not self.is_dated:
            return self
        changed = {
            "columns": tuple(column for column in self.columns if column.valid.covers(period, sent)),
            "code_lists": {
                name: tuple(one for one in lists if one.valid.covers(period, sent))
                for name, lists in self.code_lists.items()
            },
        }
        # Unchecked: what a column refers to need not hold as long as the column.
        return Form.model_construct(**{name: getattr(self, name) for name in Form.model_fields} | changed)

    def due(self, period: Period) -> date:
        """Last day on which it is on time, until 23:59:59 in Paris."""
        return period.last_day + timedelta(days=self.due_days)

    def fits(self, period: Period) -> bool:
        return period.is_annual == (self.kind == "annual")


def _lists_of(column: Column) -> list[str]:
    if column.codes_by:
        return list(column.codes_by.lists.values())
    return [column.codes] if column.codes else []


@cache
def _load() -> dict[str, Form]:
    folder = files("shared.forms")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    forms = [Form.model_validate(yaml.safe_load(entry.read_text(encoding="utf-8"))) for entry in found]
    return {form.code: form for form in sorted(forms, key=lambda form: form.kind == "annual")}


FORMS: dict[str, Form] = _load()
