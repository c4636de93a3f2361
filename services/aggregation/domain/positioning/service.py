"""A service's quarter, in which all are situated: what each had in eight quarters, and whose line is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from services.aggregation.domain.figures import Figures, added
from services.aggregation.domain.missing import MissingLine, missing_lines
from services.aggregation.domain.positioning.distribution import thirds
from services.aggregation.domain.positioning.indicators import main_indicator
from services.aggregation.domain.synthesis import SERVICES, Years
from services.aggregation.domain.year import StandingLine
from shared.forms import Form
from shared.network import Network
from shared.periods import Period, periods_before

# Who has a sheet.
SheetLevel = Literal["member", "platform"]
QUARTERS = 8
SIZED_BY = 4
ByCode = dict[str, Figures]


def quarters_up_to(period: Period, number: int = QUARTERS) -> list[Period]:
    """The oldest first; eight hold the cumul of the year before, too."""
    return [*reversed(periods_before(period, number - 1)), period]


def years_needed(period: Period) -> list[tuple[str, int]]:
    years = sorted({quarter.year for quarter in quarters_up_to(period)})
    return [(form.code, year) for form in SERVICES for year in years]


@dataclass(frozen=True)
class Service:
    """A form's lines of eight quarters; `missing` are those of the last."""

    form: Form
    period: Period
    network: Network
    lines: Mapping[Period, Sequence[StandingLine]]
    missing: tuple[MissingLine, ...]

    @property
    def code(self) -> str:
        """Of the service, as the registry names it."""
        return self.form.services[0]

    @property
    def now(self) -> Sequence[StandingLine]:
        return self.lines[self.period]

    @cached_property
    def line_of(self) -> Mapping[str, StandingLine]:
        """Of each member, its first line of the quarter."""
        return {line.member: line for line in reversed(self.now)}

    @cached_property
    def by_level(self) -> Mapping[SheetLevel, Mapping[Period, ByCode]]:
        """What each member, and each Plate-forme, has in each quarter."""
        return {
            "member": {period: _sums((line.member, line) for line in lines) for period, lines in self.lines.items()},
            "platform": {
                period: _sums((line.platform, line) for line in lines) for period, lines in self.lines.items()
            },
        }

    def figures(self, level: SheetLevel, code: str, period: Period) -> Figures | None:
        """None where no line of that quarter stands."""
        return self.by_level[level].get(period, {}).get(code)

    def ytd(self, level: SheetLevel, code: str, period: Period) -> Figures | None:
        """The sum of the year's quarters up to that one; None where none of them has a line."""
        quarters = [Period(period.year, quarter) for quarter in range(1, (period.quarter or 4) + 1)]
        found = [figures for one in quarters if (figures := self.figures(level, code, one)) is not None]
        return _sum(found) if found else None

    @cached_property
    def missing_codes(self) -> Mapping[SheetLevel, frozenset[str]]:
        """Members without a line, and Plates-formes that have sent nothing."""
        silent = {line.platform for line in self.missing if line.nothing_received}
        return {"member": frozenset(line.member for line in self.missing), "platform": frozenset(silent)}

    @cached_property
    def partial_platforms(self) -> frozenset[str]:
        """Of whose lines some have been received, and some have not."""
        return frozenset(line.platform for line in self.missing if not line.nothing_received)

    @cached_property
    def third_of(self) -> Mapping[SheetLevel, Mapping[str, int]]:
        """By the main count of the four quarters before, among those who have a line in them."""
        return {level: self._thirds(level) for level in ("member", "platform")}

    def _thirds(self, level: SheetLevel) -> dict[str, int]:
        place = next(n for n, column in enumerate(self.form.measures) if column.name == main_indicator(self.form).above)
        sizes: dict[str, int] = {}
        for period in self.sizing_quarters:
            for code, figures in self.by_level[level].get(period, {}).items():
                sizes[code] = sizes.get(code, 0) + figures[place]
        return thirds(list(sizes.items()))

    @property
    def sizing_quarters(self) -> list[Period]:
        return quarters_up_to(self.period, SIZED_BY + 1)[:-1]


def _sums(placed: Iterable[tuple[str, StandingLine]]) -> ByCode:
    found: ByCode = {}
    for code, line in placed:
        known = found.get(code)
        found[code] = added(known, line.figures) if known else line.figures
    return found


def _sum(figures: Sequence[Figures]) -> Figures:
    total = figures[0]
    for one in figures[1:]:
        total = added(total, one)
    return total


def services_of(period: Period, years: Years, network: Network) -> tuple[Service, ...]:
    """Both services' quarter, from the years that `years_needed` names."""
    return tuple(_service(form, period, years, network) for form in SERVICES)


def _service(form: Form, period: Period, years: Years, network: Network) -> Service:
    lines = dict(_lines(form, period, years))
    return Service(form, period, network, lines, missing_lines(network, form, period, lines[period]))


def _lines(form: Form, period: Period, years: Years) -> Iterator[tuple[Period, list[StandingLine]]]:
    wanted: dict[Period, list[StandingLine]] = {quarter: [] for quarter in quarters_up_to(period)}
    for year in sorted({quarter.year for quarter in wanted}):
        for line in years[form.code, year].lines:
            if (found := wanted.get(Period(year, line.quarter))) is not None:
                found.append(line)
    yield from wanted.items()
