"""Scene: against what the rows of a file are judged, the registry on the last day of the period reported."""

from dataclasses import dataclass
from datetime import date

from shared.network import Member, Network


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands on that day for a service; codes are the registry's."""

    member: str
    platform: str | None
    delegate: str | None
    department: str


class Scene:
    """Who stands where, for the platform that sends the file."""

    def __init__(self, platform: str, day: date, network: Network) -> None:
        self.platform = platform
        self.day = day
        self._members = {normal_code(member.code): member for member in network.members}
        self._standings: dict[tuple[str, str], Standing] = {}

    def member(self, code: str) -> Member | None:
        """That the code names, case and surrounding space ignored."""
        return self._members.get(normal_code(code))

    def standing(self, member: Member, service: str) -> Standing:
        key = (member.code, service)
        if key not in self._standings:
            self._standings[key] = Standing(
                member.code,
                member.platform_on(service, self.day),
                member.delegated_to(service, self.day),
                member.department_on(self.day),
            )
        return self._standings[key]


def normal_code(code: str) -> str:
    return code.strip().upper()


def normal_department(code: str) -> str:
    """`1` is `01`, `2a` is `2A`."""
    code = normal_code(code)
    return f"0{code}" if len(code) == 1 else code
