"""What the rules of quality look at: what a file reports, and what other files say that is at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.ingestion.domain.case_counts import CaseCount
from services.ingestion.domain.verdicts import Line
from shared.forms import Form
from shared.network import Network
from shared.periods import Period, periods_before

Figures = Mapping[str, int | Decimal]
Past = Mapping[Period, Figures]


@dataclass(frozen=True, slots=True)
class History:
    """past: what the same platform reported of each member in other periods; network: lines of other platforms."""

    past: Mapping[str, Past] = field(default_factory=dict)
    network: Sequence[Figures] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """An accepted file; without history (offline) only the file, the registry and the day are looked at."""

    form: Form
    period: Period
    platform: str
    sent_on: date
    network: Network
    lines: Sequence[Line] = ()
    cases: Mapping[str, CaseCount] = field(default_factory=dict)
    history: History | None = None

    def performers(self, day: date) -> list[str]:
        """Every member that has something to report on that day, in the registry's order."""
        found = [
            member.code
            for service in self.form.services
            for member in self.network.performers(self.platform, service, day)
        ]
        return list(dict.fromkeys(found))

    def past_of(self, member: str, quarters: int) -> list[Figures]:
        """The member's figures in the so many quarters before, the newest first."""
        if self.history is None or self.period.is_annual:
            return []
        past = self.history.past.get(member, {})
        return [past[period] for period in periods_before(self.period, quarters) if period in past]


def quarters_of(year: int) -> list[Period]:
    return [Period(year, quarter) for quarter in (1, 2, 3, 4)]
