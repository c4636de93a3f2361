"""The registry as the recomputation reads it: codes as written, and the région of a line at a quarter's end."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_OPEN = "9999-12-31"
_LAST_DAYS = {1: "03-31", 2: "06-30", 3: "09-30", 4: "12-31"}


class RegistryReading:
    """Reads `network.json` as it stands; days are compared as ISO text."""

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._members: dict[str, Mapping[str, Any]] = {member["code"].upper(): member for member in network["members"]}

    def member_code(self, written: str) -> str:
        """The registry's spelling of a code, whose case does not matter."""
        member = self._members.get(written.upper())
        return str(member["code"]) if member else written.upper()

    def region_code(self, member: str, written: str, year: int, quarter: int) -> str | None:
        """By the département written on the line, else by the one that the registry of today gives the member.

        None where the registry no longer knows the member, or the département has no région on that day.
        """
        day = f"{year}-{_LAST_DAYS[quarter]}"
        if written:
            return _region_code(written.upper().zfill(2), day)
        entry = self._members.get(member.upper())
        return _region_code(_department(entry, day), day) if entry else None


def _department(member: Mapping[str, Any], day: str) -> str:
    for span in member.get("departments") or ():
        if span["from"] <= day <= (span.get("to") or _OPEN):
            return str(span["department"])
    return str(member["department"])


@cache
def _attachments() -> list[dict[str, str]]:
    with (files("shared") / "reference" / "departements.csv").open(encoding="utf-8") as reference:
        return list(csv.DictReader(reference))


@cache
def _region_code(department: str, day: str) -> str | None:
    for row in _attachments():
        if row["code"] == department and row["valid_from"] <= day <= (row["valid_to"] or _OPEN):
            return row["region_code"]
    return None
