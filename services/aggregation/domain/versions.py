"""Versions of submissions: the newest of a key stands, whatever the order in which they are heard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID


class Key(NamedTuple):
    """What a submission is about; a new version replaces the standing one of its key whole."""

    form: str
    period: str
    platform: str


# A member's figures: member, line_no, department, region, m1, m2, m3, comment. Figures are in minor units; without
# région where the département had none on that day. Plain tuples: a class for each would cost a tenth of the fold.
Line = tuple[str, int, str, str | None, int, int, int, str | None]
Lines = list[Line]

# By région: how many lines, and the sums of their three figures.
Sums = dict[str | None, list[int]]


def sums_of(lines: Iterable[Line]) -> Sums:
    """Of a submission's lines."""
    found: Sums = {}
    for _, _, _, region, m1, m2, m3, _ in lines:
        if (known := found.get(region)) is None:
            found[region] = [1, m1, m2, m3]
        else:
            known[0] += 1
            known[1] += m1
            known[2] += m2
            known[3] += m3
    return found


class Version(NamedTuple):
    """One accepted submission; to_confirm: something in it waits for an explanation.

    lines: as they are kept, a JSON array of `Line`, written and summed while the processor has them at hand; thousands
    of lines as objects would wait for the commit, and be fetched from memory again.
    """

    key: Key
    version: int
    submission: UUID
    received_on: date
    lines: str
    sums: Sums
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """New versions in a fixed order, and those of them that come to stand; what they take the place of, by key."""

    new: list[Version]
    standing: list[Version]
    replaced: Mapping[Key, int]


def sort_out(heard: Iterable[Version], kept: Mapping[Key, set[int]]) -> Sorted:
    """The same version again changes nothing, and an older one never stands."""
    new = {(one.key, one.version): one for one in heard if one.version not in kept.get(one.key, ())}
    newest: dict[Key, Version] = {}
    ordered = [new[place] for place in sorted(new)]
    for one in ordered:
        newest[one.key] = one
    stood = {key: max(versions) for key, versions in kept.items()}
    standing = [one for one in newest.values() if one.version > stood.get(one.key, 0)]
    return Sorted(ordered, standing, {one.key: stood[one.key] for one in standing if one.key in stood})
