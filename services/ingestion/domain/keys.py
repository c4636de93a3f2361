"""Keys: which row a row repeats, and which rows of a survey lack, known only across the rows of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.ingestion.domain.cells import Broken
from services.ingestion.domain.verdicts import Error, refusal
from shared.forms import Form
from shared.network import Member

Places = Mapping[str, int]


def _name_of(value: Any) -> str:
    """Of a value in a key: case ignored, a member under the registry's code."""
    return value.code if isinstance(value, Member) else str(value or "").casefold()


class Keys:
    """The form's keys seen so far, each with its first line; a row whose key cells are not all right holds none."""

    def __init__(self, form: Form, places: Places) -> None:
        self._places = [places[name] for name in form.key if name in places]
        self._told = ", ".join(form.key)
        self._first_lines: dict[tuple[str, ...], int] = {}

    def note(self, line: int, values: Sequence[Any], broken: dict[int, Broken]) -> None:
        """Breaks the first key cell of a row that repeats a key, unless that cell breaks another rule already."""
        if any(isinstance(values[place], Broken) for place in self._places):
            return
        if any(place in broken for place in self._places[1:]):
            return
        key = tuple(_name_of(values[place]) for place in self._places)
        first_line = self._first_lines.setdefault(key, line)
        if first_line != line:
            broken.setdefault(self._places[0], Broken("duplicate_line", {"first_line": first_line, "key": self._told}))


class Items:
    """Which items each member and service has, whatever else their lines lack."""

    def __init__(self, form: Form, places: Places) -> None:
        assert form.whole
        self._form, self._whole = form, form.whole
        self._column = places[self._whole.column]
        self._per = [places[name] for name in self._whole.per]
        self._present: dict[tuple[str, ...], set[str]] = {}

    def note(self, values: Sequence[Any], broken: Mapping[int, Broken]) -> None:
        """An item counts where who it is about is known and both codes are right."""
        if self._column in broken or any(isinstance(values[place], Broken) for place in self._per):
            return
        group = tuple(_name_of(values[place]) for place in self._per)
        self._present.setdefault(group, set()).add(values[self._column])

    def errors(self) -> list[Error]:
        """Once per member and service that lacks one, without a line: none is at fault."""
        column = self._form.by_name[self._whole.column]
        assert column.codes_by
        found = []
        for (member, service), present in self._present.items():
            codes = self._form.codes[column.codes_by.lists[service]]
            lacking = [code for code in codes if code not in present and code not in self._whole.optional]
            if lacking:
                found.append(_missing_item(column.name, member, service, lacking))
        return found


def _missing_item(column: str, member: str, service: str, lacking: Sequence[str]) -> Error:
    return refusal("missing_item", column=column, member=member, service=service, expected=", ".join(lacking))
