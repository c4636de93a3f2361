"""The groups in which a member or a Plate-forme is situated: its own, the network's, its size's, a user's."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.aggregation.domain.names import Names
from services.aggregation.domain.positioning.population import Population
from services.aggregation.domain.positioning.service import Service, SheetLevel
from services.aggregation.domain.year import StandingLine
from shared.network import Member, Network
from shared.regions import NoRegionOnThatDay, UnknownDepartment, region_on

LEAST_CHOSEN = 5
SIZES: Mapping[SheetLevel, tuple[str, str, str]] = {
    "member": ("petits", "moyens", "grands"),
    "platform": ("petites", "moyennes", "grandes"),
}


class Group(NamedTuple):
    """Named for a reader; in some of them one is not ranked: a Plate-forme is no member."""

    key: str
    label: str
    population: Population
    is_ranked: bool = True


class TooFewChosen(ValueError):
    """A group of one's own has at least five members."""


class UnknownChosen(ValueError):
    """A code that nobody in the registry has."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def chosen_codes(network: Network, level: SheetLevel, text: str) -> tuple[str, ...]:
    """The codes that a user wrote, each once, in the order of codes; () for none."""
    codes = sorted({code.strip().upper() for code in text.split(",")} - {""})
    known = network.member if level == "member" else network.platform
    for code in codes:
        if known(code) is None:
            raise UnknownChosen(code)
    if codes and len(codes) < LEAST_CHOSEN:
        raise TooFewChosen
    return tuple(codes)


@dataclass
class Groups:
    """Of a service's quarter; each population is made once, however many are situated in it."""

    service: Service
    chosen: Sequence[str] = ()
    _made: dict[str, Population] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        return Names(self.service.network, self.service.period.last_day)

    def of(self, level: SheetLevel, code: str) -> list[Group]:
        return list(self._of_member(code) if level == "member" else self._of_platform(code))

    def _of_member(self, code: str) -> Iterator[Group]:
        platform, region = self.platform_of(code), self.region_of(code)
        if platform:
            yield Group("platform", self.names.platform(platform), self._platform(platform))
        if region:
            yield Group("region", self.names.group("region", region), self._region(region))
        yield Group("national", "National", self._all("member"))
        yield from self._of_size("member", code)
        yield from self._of_chosen("member", code)

    def _of_platform(self, code: str) -> Iterator[Group]:
        yield Group("national", "Plates-formes", self._all("platform"))
        yield from self._of_size("platform", code)
        yield from self._of_chosen("platform", code)
        yield Group("own_members", "Ses CIL/CCI, un par un", self._platform(code), is_ranked=False)
        yield Group("all_members", "Tous les CIL/CCI, un par un", self._all("member"), is_ranked=False)

    def platform_of(self, member: str) -> str | None:
        """That of its line, else that of the registry."""
        line, known = self.service.line_of.get(member), self.service.network.member(member)
        if line or known is None:
            return line.platform if line else None
        return known.platform_on(self.service.code, self.service.period.last_day)

    def region_of(self, member: str) -> str | None:
        line, known = self.service.line_of.get(member), self.service.network.member(member)
        return line.region if line else (self._region_in_registry(known) if known else None)

    def _region_in_registry(self, member: Member) -> str | None:
        day = self.service.period.last_day
        try:
            return region_on(member.department_on(day), day).code
        except (NoRegionOnThatDay, UnknownDepartment):
            return None

    def _platform(self, code: str) -> Population:
        missing = (line.member for line in self.service.missing if line.platform == code)
        return self._members(f"platform:{code}", lambda line: line.platform == code, set(missing))

    def _region(self, code: str) -> Population:
        missing = {one for one in self.service.missing_codes["member"] if self.region_of(one) == code}
        return self._members(f"region:{code}", lambda line: line.region == code, missing)

    def _members(self, key: str, belongs: Callable[[StandingLine], bool], missing: Collection[str]) -> Population:
        if key not in self._made:
            present = {line.member for line in self.service.now if belongs(line)}
            self._made[key] = self._among("member", present, missing)
        return self._made[key]

    def _all(self, level: SheetLevel) -> Population:
        if (key := f"all:{level}") not in self._made:
            received = self.service.by_level[level][self.service.period]
            self._made[key] = self._among(level, received.keys(), self.service.missing_codes[level])
        return self._made[key]

    def _of_size(self, level: SheetLevel, code: str) -> Iterator[Group]:
        """Who is missing and had no line before may be of any size."""
        thirds = self.service.third_of[level]
        third = thirds.get(code)
        if third is None:
            return
        if (key := f"size:{level}:{third}") not in self._made:
            codes = {one for one, its in thirds.items() if its == third}
            missing = self.service.missing_codes[level]
            self._made[key] = self._among(level, codes, missing & codes, missing - thirds.keys())
        what = "CIL/CCI" if level == "member" else "Plates-formes"
        yield Group("size", f"{what} : {SIZES[level][third]}".replace(" :", "\u00a0:"), self._made[key])

    def _of_chosen(self, level: SheetLevel, code: str) -> Iterator[Group]:
        if self.chosen:
            codes = {*self.chosen, code}
            missing = codes & self.service.missing_codes[level]
            yield Group("chosen", "Groupe choisi", self._among(level, codes, missing))

    def _among(
        self, level: SheetLevel, codes: Collection[str], missing: Collection[str], maybe: Collection[str] = ()
    ) -> Population:
        received = self.service.by_level[level][self.service.period]
        partial = self.service.partial_platforms if level == "platform" else ()
        present = {code: received[code] for code in sorted(codes) if code in received}
        return Population(present, missing, partial, maybe)
