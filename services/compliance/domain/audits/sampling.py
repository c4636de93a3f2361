"""The sample of an audit, drawn from what the member declared: seeded, so that anybody draws the same again."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from services.compliance.domain.audits import Drawn, Sample


class Declared(NamedTuple):
    """How many cases a member declared in a period."""

    member: str
    period: str
    cases: int


def draw_sample(declared: Sequence[Declared], size: int, seed: str) -> Sample:
    """`size` cases of all that were declared, or all; each has the same chance, whatever the order of the lines."""
    cases = [
        Drawn(member=one.member, period=one.period, rank=rank)
        for one in sorted(declared)
        for rank in range(1, one.cases + 1)
    ]
    drawn = sorted(cases, key=lambda case: _lot(seed, case))[:size]
    in_order = sorted(drawn, key=lambda case: (case.period, case.member, case.rank))
    return Sample(seed=seed, declared=len(cases), drawn=tuple(in_order))


def _lot(seed: str, case: Drawn) -> str:
    return hashlib.sha256(f"{seed}/{case.member}/{case.period}/{case.rank}".encode()).hexdigest()
