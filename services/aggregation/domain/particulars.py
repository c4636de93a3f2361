"""What a table of members prints beside its figures: where each member was judged to be, and what is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.aggregation.domain.year import Year


class Comment(NamedTuple):
    """What a Plate-forme says of its members' lines of the quarter, in its own words."""

    platform: str
    text: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Particulars:
    """Printed with a table as it stands; a table of which nothing else moves makes no new edition."""

    departments: Mapping[str, str]
    comments: tuple[Comment, ...] = ()


def particulars_of(year: Year, quarter: int) -> Particulars:
    """The département of each member's last line up to the quarter, as judged; the comments of the quarter's lines."""
    lines = sorted((line for line in year.lines if line.quarter <= quarter), key=lambda line: line[:3])
    return Particulars({line.member: line.department for line in lines}, _comments(year, quarter))


def _comments(year: Year, quarter: int) -> tuple[Comment, ...]:
    """The same words of one Plate-forme once, for all the members of which it says them."""
    said: dict[tuple[str, str], list[str]] = {}
    for line in sorted(year.of_quarter(quarter), key=lambda line: (line.member, line.platform)):
        if text := " ".join((line.comment or "").split()):
            said.setdefault((line.platform, text), []).append(line.member)
    return tuple(Comment(platform, text, tuple(members)) for (platform, text), members in said.items())
