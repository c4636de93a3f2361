"""Groups: how many cases of a file share what could tell them apart, the fewest of all."""

from array import array
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from services.ingestion.domain.told_columns import Told
from shared.forms import Column
from shared.report.french import number, typeset

# What somebody who knows the person could know too.
QUASI_IDENTIFIERS = ("code_postal", "code_postal_depart", "code_postal_arrivee", "age", "csp", "personnes_foyer")


class Groups:
    """Counts combinations by their hash, eight bytes a case."""

    def __init__(self, columns: Sequence[Column]) -> None:
        places = [place for place, column in enumerate(columns) if column.name in QUASI_IDENTIFIERS]
        self._places, self._of = places, itemgetter(*places)
        self._hashes = array("q")

    def add(self, values: Sequence[Any]) -> None:
        self._hashes.append(hash(self._of(values)))

    def add_columns(self, told: Sequence[Told]) -> None:
        self._hashes.extend(map(hash, zip(*(told[place].values for place in self._places), strict=True)))

    def smallest(self) -> int | None:
        """None where there is no case."""
        smallest = None
        for _, group in groupby(sorted(self._hashes)):
            many = len(list(group))
            smallest = many if smallest is None else min(many, smallest)
            if smallest == 1:
                break
        return smallest


_ALONE = (
    "Au moins un dossier de ce fichier est seul à porter sa combinaison de code postal, d'âge, de CSP et de nombre de"
    " personnes au foyer : qui connaît la personne pourrait la reconnaître. Rien de plus fin qu'un total n'en est à"
    " publier."
)
_TOGETHER = (
    "Chaque combinaison de code postal, d'âge, de CSP et de nombre de personnes au foyer est partagée par au moins"
    " {} dossiers de ce fichier : plus ce nombre est grand, moins quelqu'un peut y être reconnu."
)


def group_told(smallest: int) -> str:
    """What the number means, for UESL."""
    return typeset(_ALONE if smallest == 1 else _TOGETHER.format(number(smallest)))
