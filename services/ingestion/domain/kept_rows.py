"""Kept rows: what is said of a right row, a line of a table or an anonymous case."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.ingestion.domain.sheet import FileTooLarge
from services.ingestion.domain.told_columns import Told
from services.ingestion.domain.verdicts import Line
from shared.forms import Column, Form
from shared.network import Member

if TYPE_CHECKING:
    from services.ingestion.domain.judging import Found

_NUMERIC = ("count", "amount")
COMMENT = "commentaire"
# The lines of a submission are said in one event, which brokers take up to 16 MiB: a character is six bytes at most.
MOST_CHARACTERS_SAID = 2_500_000
_LINE_CHARACTERS = 200


class RowKeeper:
    """Puts the values of a file's rows, in its header's order, into the order and the words of the form."""

    def __init__(self, form: Form, columns: Sequence[Column], day: date) -> None:
        self._form, self._day = form, day
        places = {column.name: place for place, column in enumerate(columns)}
        self._order = [places.get(column.name) for column in form.columns]
        self._member_at = next((places[c.name] for c in columns if c.type == "member"), None)
        self._numbers = [(c.name, places[c.name]) for c in form.columns if c.type in _NUMERIC and c.name in places]
        self._texts = [
            (c.name, places[c.name])
            for c in form.columns
            if c.name in places and c.type not in (*_NUMERIC, "member", "department") and c.name != COMMENT
        ]
        self._comment_at = places.get(COMMENT)
        self._said = 0

    def keep(self, found: "Found", line: int, values: Sequence[Any]) -> None:
        if self._form.anonymous:
            found.case_lines.append(line)
            found.cases.add([None if place is None else plain(values[place]) for place in self._order])
        else:
            kept = self._line(line, values)
            self._said += _LINE_CHARACTERS + len(kept.comment or "") + sum(map(len, kept.texts.values()))
            if self._said > MOST_CHARACTERS_SAID:
                raise FileTooLarge("text")
            found.lines.append(kept)

    def keep_columns(self, found: "Found", first_line: int, told: Sequence[Told]) -> None:
        """Of cases that follow one another."""
        found.case_lines.extend(range(first_line, first_line + len(told[0].cells)))
        found.cases.add_columns([None if place is None else told[place] for place in self._order])

    def _line(self, line: int, values: Sequence[Any]) -> Line:
        member: Member | None = None if self._member_at is None else values[self._member_at]
        return Line(
            line,
            member.code if member else "",
            member.department_on(self._day) if member else "",
            {name: values[place] for name, place in self._numbers if values[place] is not None},
            None if self._comment_at is None else values[self._comment_at],
            {name: values[place] for name, place in self._texts if values[place] is not None},
        )


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if type(value) is Member:
        return value.code
    return str(value) if type(value) is Decimal else value
