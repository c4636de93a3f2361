"""The positioning sheet of a member or a Plate-forme: its figures beside its past, its groups and its Plate-forme."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.positioning.distribution import median
from services.aggregation.domain.positioning.groups import Groups
from services.aggregation.domain.positioning.indicators import Indicator, indicators_of, main_indicator
from services.aggregation.domain.positioning.population import Position
from services.aggregation.domain.positioning.service import Service, SheetLevel
from shared.forms import Form
from shared.periods import Period
from shared.report import NOT_APPLICABLE

# In the place of a Plate-forme's code.
ALL = ""
# None where no line stands; words where there is nothing to divide by.
Value = Fraction | str | None


class Subject(NamedTuple):
    """Whose sheet it is."""

    level: SheetLevel
    code: str


class Past(NamedTuple):
    """An indicator of a quarter and of those before; cumuls since 1 January, a ratio's being that of the sums."""

    indicator: Indicator
    quarter: Value
    previous: Value
    year_before: Value
    ytd: Value
    ytd_year_before: Value


class Placed(NamedTuple):
    """An indicator among those of a group."""

    indicator: Indicator
    value: Value
    key: str
    group: str
    position: Position


class Point(NamedTuple):
    """The main count of a quarter, and the median that it is drawn beside."""

    period: Period
    own: Value
    median: Value


@dataclass(frozen=True)
class ServiceSheet:
    """What the sheet says of a service; without figures of one's own, why there are none."""

    service: Service
    past: tuple[Past, ...]
    placed: tuple[Placed, ...]
    evolution: tuple[Point, ...]

    @property
    def form(self) -> Form:
        return self.service.form

    @property
    def is_concerned(self) -> bool:
        return bool(self.past)


@dataclass(frozen=True)
class Sheet:
    """Both services of a quarter; quartiles without the ends of the distribution where `trimmed`."""

    subject: Subject
    period: Period
    services: tuple[ServiceSheet, ...]
    chosen: tuple[str, ...] = ()
    trimmed: bool = False

    @property
    def is_complete(self) -> bool:
        """No line of anybody is missing: each rank is one."""
        return not any(part.service.missing for part in self.services)


class Sheets:
    """All sheets of a quarter: what they share is computed once."""

    def __init__(self, services: Sequence[Service], chosen: Sequence[str] = (), *, trimmed: bool = False) -> None:
        self._groups = [Groups(service, chosen) for service in services]
        self._medians: dict[tuple[Form, str], list[Value]] = {}
        self._chosen, self._trimmed = tuple(chosen), trimmed

    def sheet(self, subject: Subject) -> Sheet:
        parts = tuple(self._of_service(groups, subject) for groups in self._groups)
        return Sheet(subject, self._groups[0].service.period, parts, self._chosen, self._trimmed)

    def subjects(self) -> list[Subject]:
        """Whoever has, or owes, a line of either service, or has had one in the eight quarters: Plates-formes first."""
        levels: tuple[SheetLevel, ...] = ("platform", "member")
        return [Subject(level, code) for level in levels for code in sorted(self._codes(level))]

    def _codes(self, level: SheetLevel) -> set[str]:
        services = [groups.service for groups in self._groups]
        found = {code for service in services for codes in service.by_level[level].values() for code in codes}
        return found.union(*(service.missing_codes[level] for service in services))

    def _of_service(self, groups: Groups, subject: Subject) -> ServiceSheet:
        service, (level, code) = groups.service, subject
        is_missing = code in service.missing_codes[level]
        if not is_missing and all(code not in codes for codes in service.by_level[level].values()):
            return ServiceSheet(service, (), (), ())
        past, placed = tuple(_past(service, subject)), tuple(self._placed(groups, subject))
        return ServiceSheet(service, past, placed, tuple(self._evolution(groups, subject)))

    def _placed(self, groups: Groups, subject: Subject) -> Iterator[Placed]:
        service, (level, code) = groups.service, subject
        figures, own_groups = service.figures(level, code, service.period), groups.of(level, code)
        for indicator in indicators_of(service.form):
            for key, label, population, is_ranked in own_groups:
                position = population.position(indicator, code, trimmed=self._trimmed)
                shown = position if is_ranked else position._replace(rank=None)
                yield Placed(indicator, value_of(indicator, figures), key, label, shown)

    def _evolution(self, groups: Groups, subject: Subject) -> Iterator[Point]:
        service, (level, code) = groups.service, subject
        main, platform = main_indicator(service.form), groups.platform_of(code) if level == "member" else ALL
        medians = self._medians_of(service, platform) if platform is not None else [None] * len(service.lines)
        for period, beside in zip(service.lines, medians, strict=True):
            yield Point(period, value_of(main, service.figures(level, code, period)), beside)

    def _medians_of(self, service: Service, platform: str) -> list[Value]:
        """Quarter by quarter, of that Plate-forme's members, or of all Plates-formes."""
        key = service.form, platform
        if key not in self._medians:
            self._medians[key] = [_median(service, period, platform) for period in service.lines]
        return self._medians[key]


def _median(service: Service, period: Period, platform: str) -> Value:
    main = main_indicator(service.form)
    received = service.by_level["platform" if platform == ALL else "member"][period]
    of_it = {line.member for line in service.lines[period] if line.platform == platform}
    codes = received.keys() if platform == ALL else of_it
    return median(value for code in codes if (value := main.of(received[code])) is not None)


def _past(service: Service, subject: Subject) -> Iterator[Past]:
    level, code = subject
    year_before = Period(service.period.year - 1, service.period.quarter)
    seen: list[tuple[Callable[..., Figures | None], Period]] = [
        (service.figures, service.period),
        (service.figures, service.period.previous()),
        (service.figures, year_before),
        (service.ytd, service.period),
        (service.ytd, year_before),
    ]
    figures = [read(level, code, period) for read, period in seen]
    for indicator in indicators_of(service.form):
        yield Past(indicator, *(value_of(indicator, one) for one in figures))


def value_of(indicator: Indicator, figures: Figures | None) -> Value:
    if figures is None:
        return None
    value = indicator.of(figures)
    return NOT_APPLICABLE if value is None else value
