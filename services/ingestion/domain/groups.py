"""Groups: how many cases of a file share what could tell them apart, the fewest of all."""

from array import array
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from shared.forms import Column

# What somebody who knows the person could know too.
QUASI_IDENTIFIERS = ("code_postal", "code_postal_depart", "code_postal_arrivee", "age", "csp", "personnes_foyer")


class Groups:
    """Counts combinations by their hash, eight bytes a case."""

    def __init__(self, columns: Sequence[Column]) -> None:
        places = [place for place, column in enumerate(columns) if column.name in QUASI_IDENTIFIERS]
        self._of = itemgetter(*places)
        self._hashes = array("q")

    def add(self, values: Sequence[Any]) -> None:
        self._hashes.append(hash(self._of(values)))

    def smallest(self) -> int | None:
        """None where there is no case."""
        return min((sum(1 for _ in group) for _, group in groupby(sorted(self._hashes))), default=None)
