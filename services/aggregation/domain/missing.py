"""Whose line is missing from a quarter: what each Plate-forme owes, against what has been received."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from services.aggregation.domain.year import StandingLine
from shared.forms import Form
from shared.network import Network
from shared.periods import Period


class MissingLine(NamedTuple):
    """An expected member without a line; `nothing_received`: its Plate-forme has sent nothing that stands."""

    platform: str
    member: str
    nothing_received: bool


def missing_lines(
    network: Network, form: Form, period: Period, received: Collection[StandingLine]
) -> tuple[MissingLine, ...]:
    """By Plate-forme and member, in the order of their codes."""
    heard_from = {line.platform for line in received}
    present = {line.member for line in received}
    found = {
        MissingLine(platform.code, member.code, platform.code not in heard_from)
        for platform in network.platforms
        if network.owes(platform.code, form, period)
        for service in form.services
        for member in network.performers(platform.code, service, period.last_day)
        if member.code not in present
    }
    return tuple(sorted(found))


def silent_platforms(missing: Sequence[MissingLine]) -> list[str]:
    return sorted({line.platform for line in missing if line.nothing_received})
