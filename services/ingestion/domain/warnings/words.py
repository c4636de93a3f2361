"""Words: what is said about a warning, by whom it may be said, and what becomes of the warning."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["open", "explained", "accepted", "asked_back", "void"]
Kind = Literal["explanation", "acceptance", "question"]
STATES: tuple[State, ...] = ("open", "explained", "accepted", "asked_back", "void")
LONGEST_WORD = 1_000
SHORTEST_WORD = 3
_WAITING: tuple[State, ...] = ("open", "asked_back")


@dataclass(frozen=True, slots=True)
class Step:
    """From which states a word leads on, and where to."""

    before: tuple[State, ...]
    after: State


STEPS: Mapping[Kind, Step] = {
    "explanation": Step(("open", "asked_back", "explained"), "explained"),
    "acceptance": Step(("explained",), "accepted"),
    "question": Step(("explained",), "asked_back"),
}


def is_to_confirm(states: Iterable[State]) -> bool:
    """A submission counts, and is to be confirmed, until every one of its warnings has been explained."""
    return any(state in _WAITING for state in states)


def cleaned(text: str) -> str | None:
    """As it is kept, line breaks and all; None for what is too short or too long, or holds what cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\t", " ").strip()
    if not SHORTEST_WORD <= len(text) <= LONGEST_WORD:
        return None
    return None if any(_is_unseen(character) for character in text) else text


def _is_unseen(character: str) -> bool:
    return character != "\n" and unicodedata.category(character).startswith("C")
