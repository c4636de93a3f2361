"""How much each part does: in full, or shortened to try the measurements themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the network, of the load on it, and of the topic that is folded."""

    platforms: int = 40
    members: int = 600
    rate: int = 20
    warm_up_seconds: int = 5
    seconds: int = 30
    records: int = 15_000
    records_one_by_one: int = 1_000
    few_cases: int = 10_000
    many_cases: int = 1_000_000
    workbook_rows: int = 100_000


FULL = Sizes()
SHORT = Sizes(
    seconds=5,
    warm_up_seconds=2,
    records=6_000,
    records_one_by_one=200,
    few_cases=2_000,
    many_cases=100_000,
    workbook_rows=10_000,
)
