"""Départements and the région each belongs to, by date (`shared/reference/departements.csv`)."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Region(NamedTuple):
    """A région by its INSEE code."""

    code: str
    name: str


class _Attachment(NamedTuple):
    """A département belongs to a région from a day to a day, both included."""

    department_name: str
    region: Region
    first_day: date
    last_day: date


class UnknownDepartment(LookupError):
    """No département of metropolitan France or the DOM has this code."""

    def __init__(self, department: str) -> None:
        super().__init__(f"no département has the code {department!r}")


class NoRegionOnThatDay(LookupError):
    """The département belonged to no région on that day."""

    def __init__(self, department: str, day: date) -> None:
        super().__init__(f"département {department!r} belonged to no région on {day.isoformat()}")


def _load() -> dict[str, list[_Attachment]]:
    text = (files("shared") / "reference" / "departements.csv").read_text(encoding="utf-8")
    found: dict[str, list[_Attachment]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["code"], []).append(
            _Attachment(
                row["name"],
                Region(row["region_code"], row["region_name"]),
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
            )
        )
    return found


_ATTACHMENTS = _load()
DEPARTMENTS: frozenset[str] = frozenset(_ATTACHMENTS)


def _attachments(department: str) -> list[_Attachment]:
    if department not in _ATTACHMENTS:
        raise UnknownDepartment(department)
    return _ATTACHMENTS[department]


@cache
def region_on(department: str, day: date) -> Region:
    """The région that the département belongs to on that day; the reform took effect on 1 January 2016."""
    for attachment in _attachments(department):
        if attachment.first_day <= day <= attachment.last_day:
            return attachment.region
    raise NoRegionOnThatDay(department, day)


def department_name(code: str) -> str:
    return _attachments(code)[-1].department_name
