"""Rows: each becomes a line under the registry's names, or the errors of its cells, left to right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingestion.domain.cells import Broken, Judged, reader_of
from services.ingestion.domain.comparisons import Comparison, comparisons_of
from services.ingestion.domain.identity import holds_identity
from services.ingestion.domain.keys import Items, Keys
from services.ingestion.domain.members import broken_department, broken_standing, unknown_member
from services.ingestion.domain.scene import Scene
from services.ingestion.domain.sheet import Record
from services.ingestion.domain.verdicts import Error, refusal
from shared.forms import Column, Form
from shared.network import Member

# In the order of the file's header; a right member is a Member.
Values = list[Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A comparison with the places of the cells that it needs."""

    comparison: Comparison
    column: int
    needs: tuple[tuple[str, int], ...]


class RowJudge:
    """Judges the rows of one file in their order.

    columns: the header's, then those it may leave out but that a row may require: there each row has an empty cell.
    """

    def __init__(self, form: Form, names: Sequence[str], scene: Scene) -> None:
        absent = [one for one in form.columns if one.required_where and one.name not in names]
        self.columns = [*(form.by_name[name] for name in names), *absent]
        self._width, self._absent = len(names), [""] * len(absent)
        self.holds_identity = False
        self._form, self._scene = form, scene
        self._places = {column.name: place for place, column in enumerate(self.columns)}
        self.judged = [self._judged_cells(column) for column in self.columns]
        self.member_at = self._place_of_type("member")
        self._department_at = self._place_of_type("department")
        self._service_at = self._places.get("service") if len(form.services) > 1 else None
        self._standings: dict[tuple[str, str], Broken | None] = {}
        self.comparisons = [self._placed(one) for one in comparisons_of(form) if self._is_comparable(one)]
        self._keys = Keys(form, self._places) if form.key else None
        self.items = Items(form, self._places) if form.whole else None

    def _judged_cells(self, column: Column) -> Judged:
        read = reader_of(self._form, column)
        if column.type != "member":
            return Judged(read)

        def find(text: str) -> Member | Broken:
            code = read(text)
            if isinstance(code, Broken):
                return code
            return self._scene.member(str(code)) or unknown_member()

        return Judged(find)

    def _place_of_type(self, kind: str) -> int | None:
        return next((place for place, column in enumerate(self.columns) if column.type == kind), None)

    def _is_comparable(self, comparison: Comparison) -> bool:
        return all(name in self._places for name in (comparison.column, *comparison.needs))

    def _placed(self, comparison: Comparison) -> Placed:
        needs = tuple((name, self._places[name]) for name in comparison.needs)
        return Placed(comparison, self._places[comparison.column], needs)

    def judge(self, line: int, record: Record) -> Values | list[Error]:
        """What the cells say, or the row's errors; a list of errors is never empty."""
        if len(record) != self._width:
            return [self._wrong_field_count(line, record)]
        if self._absent:
            record = [*record, *self._absent]
        values = [judged[written] for judged, written in zip(self.judged, record, strict=True)]
        broken = self._broken_alone(values) if Broken in map(type, values) else {}
        self._compare(values, broken)
        if self.member_at is not None and self.member_at not in broken:
            self._judge_member(values, broken)
        if self._keys:
            self._keys.note(line, values, broken)
        if self.items:
            self.items.note(values, broken)
        if not broken:
            return values
        return self._errors(line, record, broken)

    @staticmethod
    def _broken_alone(values: Values) -> dict[int, Broken]:
        return {place: value for place, value in enumerate(values) if isinstance(value, Broken)}

    def _compare(self, values: Values, broken: dict[int, Broken]) -> None:
        for placed in self.comparisons:
            if placed.column in broken or any(place in broken for _, place in placed.needs):
                continue
            row = {name: values[place] for name, place in placed.needs}
            if found := placed.comparison.breaks(row):
                broken[placed.column] = found

    def _judge_member(self, values: Values, broken: dict[int, Broken]) -> None:
        assert self.member_at is not None
        member: Member = values[self.member_at]
        service = self._service_of(values, broken)
        if service and (found := self.standing(member, service)):
            broken[self.member_at] = found
        place = self._department_at
        if place is None or values[place] is None or place in broken:
            return
        if found := broken_department(self._scene, member, values[place]):
            broken[place] = found

    def _service_of(self, values: Values, broken: Mapping[int, Broken]) -> str | None:
        """Of the row, where it is the row that says so: None where it does not say it rightly."""
        if self._service_at is None:
            return self._form.services[0]
        return None if self._service_at in broken else values[self._service_at]

    def standing(self, member: Member, service: str) -> Broken | None:
        key = (member.code, service)
        if key not in self._standings:
            self._standings[key] = broken_standing(self._scene, self._scene.standing(member, service))
        return self._standings[key]

    def _errors(self, line: int, record: Record, broken: Mapping[int, Broken]) -> list[Error]:
        if any(found.code == "identifying_data" for found in broken.values()):
            self.holds_identity = True
        return [
            self._error(line, column, written, found)
            for place, (column, written) in enumerate(zip(self.columns, record, strict=True))
            if (found := broken.get(place))
        ]

    def _error(self, line: int, column: Column, written: str, found: Broken) -> Error:
        # A report that repeats what identifies a person would carry it further.
        value = None if found.code == "identifying_data" else written
        return refusal(found.code, line=line, column=column.name, value=value, **found.details)

    def _wrong_field_count(self, line: int, record: Record) -> Error:
        if self._form.anonymous and any(map(holds_identity, record)):
            self.holds_identity = True
        found, expected = len(record), self._width
        return refusal("wrong_field_count", line=line, value=str(found), expected=expected, found=found)
