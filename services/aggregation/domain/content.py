"""The content of an edition, by codes: what decides whether a table has moved since it was last issued."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.aggregation.domain.missing import MissingLine
from services.aggregation.domain.places import Place
from services.aggregation.domain.ytd import Row


@dataclass(frozen=True, slots=True)
class Content:
    """Rows and what is missing; names, wording and what is printed beside them are no part of it."""

    rows: Mapping[Place, Row]
    missing: tuple[MissingLine, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def to_json(self) -> str:
        """Equal contents give equal texts."""
        rows = [[*place, *row.quarter, *row.ytd] for place, row in sorted(self.rows.items())]
        return json.dumps({"rows": rows, "missing": self.missing}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Content":
        kept = json.loads(text)
        rows = {Place(*row[:2]): Row((row[2], row[3], row[4]), (row[5], row[6], row[7])) for row in kept["rows"]}
        return cls(rows, tuple(MissingLine(*line) for line in kept["missing"]))


@dataclass(frozen=True, slots=True)
class Move:
    """A row before and after; None where it was not, or is no longer, there."""

    place: Place
    before: Row | None
    after: Row | None


def moves(before: Content, after: Content) -> list[Move]:
    """The rows that differ, in the order of their codes."""
    places = sorted(before.rows.keys() | after.rows.keys())
    compared = (Move(place, before.rows.get(place), after.rows.get(place)) for place in places)
    return [move for move in compared if move.before != move.after]
