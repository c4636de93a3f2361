"""Versions of submissions: the newest of a key stands, whatever the order in which they are heard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.aggregation.domain.figures import Figures


class Key(NamedTuple):
    """What a submission is about; a new version replaces the standing one of its key whole."""

    form: str
    period: str
    platform: str


class Line(NamedTuple):
    """A member's figures in one version; without région where its département had none on that day."""

    member: str
    line_no: int
    department: str
    region: str | None
    figures: Figures
    comment: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One accepted submission, and the partition it came by."""

    key: Key
    version: int
    submission: UUID
    received_on: date
    partition: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Versions that are to stand, and those that are overtaken already; both in a fixed order."""

    newest: list[Version]
    overtaken: list[Version]


def sort_out(heard: Iterable[Version], standing: Mapping[Key, int]) -> Sorted:
    """Parts versions by what stands: an older one never overwrites, the same one again changes nothing."""
    newest: dict[Key, Version] = {}
    overtaken: dict[tuple[Key, int], Version] = {}
    for version in heard:
        known = newest.get(version.key)
        floor = known.version if known else standing.get(version.key, 0)
        if version.version > floor:
            newest[version.key] = version
            _overtake(overtaken, known)
        elif version.version < floor:
            _overtake(overtaken, version)
    return Sorted([newest[key] for key in sorted(newest)], [overtaken[place] for place in sorted(overtaken)])


def _overtake(overtaken: dict[tuple[Key, int], Version], version: Version | None) -> None:
    if version:
        overtaken[version.key, version.version] = version
