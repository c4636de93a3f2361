"""A network's folder: the registry, the files, and the plan that says when each is sent and what must come of it."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from shared.forms import FORMS
from shared.periods import Period


class NotANetwork(ValueError):
    """The folder holds no network that can be replayed."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A row of `plan.csv`."""

    file: str
    platform: str
    form: str
    period: str
    sent: date
    expect: str
    errors: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the folder holds; `to_come` counts the rows of forms not built yet, which are passed over."""

    folder: Path
    registry: Any
    sendings: Sequence[Sending]
    to_come: int
    last_day: date

    @property
    def first_day(self) -> date:
        return Period.parse(self.registry["first_period"]).first_day

    @property
    def platforms(self) -> list[str]:
        return sorted({sending.platform for sending in self.sendings})

    @property
    def fingerprint(self) -> str:
        """Tells this network from another, or from itself once changed."""
        parts = sorted([self.folder / "network.json", self.folder / "plan.csv", *self.folder.glob("submissions/*")])
        digests = (f"{part.name} {hashlib.sha256(part.read_bytes()).hexdigest()}" for part in parts)
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def by_day(self) -> Iterator[tuple[date, list[Sending]]]:
        """The days on which something is sent, in order, with their files in the plan's order."""
        for day, sendings in groupby(sorted(self.sendings, key=lambda one: one.sent), key=lambda one: one.sent):
            yield day, list(sendings)


def read_plan(folder: Path) -> Plan:
    """Raises NotANetwork where a file is missing or cannot be read."""
    try:
        registry = json.loads((folder / "network.json").read_text(encoding="utf-8-sig"))
        with (folder / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [_sending(row) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError) as error:
        raise NotANetwork(f"{folder} : {error}") from error
    if not rows:
        raise NotANetwork(f"{folder} : plan.csv est vide")
    if strange := {row.form for row in rows} - FORMS.keys():
        raise NotANetwork(f"{folder} : formulaires inconnus ({', '.join(sorted(strange))})")
    built = [row for row in rows if row.form in FORMS]
    return Plan(folder, registry, built, len(rows) - len(built), max(row.sent for row in rows))


def _sending(row: dict[str, str]) -> Sending:
    return Sending(
        file=row["file"],
        platform=row["platform"],
        form=row["form"],
        period=row["period"],
        sent=date.fromisoformat(row["sent"]),
        expect=row["expect"],
        errors=row["errors"] or "",
    )
