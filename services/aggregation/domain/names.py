"""French names of what codes stand for, from the registry and the départements."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.aggregation.domain.scope import Level
from shared.network import Network
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on

BY_LEVEL: dict[Level, str] = {
    "member": "par CIL/CCI",
    "region": "par région",
    "platform": "par Plate-forme",
    "national": "au niveau national",
}
NO_REGION = "Région inconnue à la fin du trimestre"


@cache
def _region_names(day: date) -> dict[str, str]:
    found = {}
    for department in DEPARTMENTS:
        try:
            region = region_on(department, day)
        except NoRegionOnThatDay:
            continue
        found[region.code] = region.name
    return found


@dataclass(frozen=True)
class Names:
    """Names as the registry has them, on a period's last day; an unknown code names itself."""

    network: Network
    day: date

    def member(self, code: str) -> str:
        member = self.network.member(code)
        return member.name if member else code

    def department(self, member: str) -> str:
        """Where the registry has a member of which no line stands; a line has its own."""
        known = self.network.member(member)
        return known.department_on(self.day) if known else ""

    def platform(self, code: str) -> str:
        platform = self.network.platform(code)
        return platform.name if platform else code

    def region(self, code: str) -> str:
        return _region_names(self.day).get(code, code) if code else NO_REGION

    def group(self, level: Level, code: str) -> str:
        """The heading under which a table lists members."""
        if level == "platform":
            return self.platform(code)
        return f"Région {self.region(code)}" if code else NO_REGION
