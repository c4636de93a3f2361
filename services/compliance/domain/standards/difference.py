"""What differs between two versions of a standard, requirement by requirement and evidence by evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.compliance.domain.standards import Requirement, Standard

What = Literal["added", "removed", "reworded", "renumbered", "recited"]

WHAT: dict[What, str] = {
    "added": "ajouté",
    "removed": "retiré",
    "reworded": "récrit",
    "renumbered": "renuméroté",
    "recited": "pièces citées changées",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `before` and `after` are what was and what is said."""

    what: What
    of: Literal["requirement", "evidence", "document"]
    name: str
    before: str
    after: str


def differences(old: Standard, new: Standard) -> list[Change]:
    """In the order of the newer version, what was removed last."""
    return [
        *_requirements(old, new),
        *_listed("evidence", _evidence(old), _evidence(new)),
        *_listed("document", _documents(old), _documents(new)),
    ]


def _requirements(old: Standard, new: Standard) -> Iterator[Change]:
    for one in new.requirements:
        sources = [old.by_number[number] for number in one.came_from if number in old.by_number]
        if not sources:
            yield Change("added", "requirement", one.number, "", _text(one))
        for source in sources:
            yield from _between(source, one)
    followed = {number for one in new.requirements for number in one.came_from}
    for source in old.requirements:
        if source.number not in followed:
            yield Change("removed", "requirement", source.number, _text(source), "")


def _between(source: Requirement, one: Requirement) -> Iterator[Change]:
    if source.number != one.number:
        yield Change("renumbered", "requirement", one.number, source.number, one.number)
    if _text(source) != _text(one):
        yield Change("reworded", "requirement", one.number, _text(source), _text(one))
    if source.evidence != one.evidence:
        yield Change("recited", "requirement", one.number, ", ".join(source.evidence), ", ".join(one.evidence))


def _text(one: Requirement) -> str:
    return " ".join(one.words)


def _evidence(standard: Standard) -> dict[str, str]:
    return {one.code: one.text for one in standard.evidence}


def _documents(standard: Standard) -> dict[str, str]:
    return {str(one.number): " ".join((one.text, *one.points)) for one in standard.documents}


def _listed(of: Literal["evidence", "document"], old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name, text in new.items():
        if name not in old:
            yield Change("added", of, name, "", text)
        elif old[name] != text:
            yield Change("reworded", of, name, old[name], text)
    yield from (Change("removed", of, name, text, "") for name, text in old.items() if name not in new)
