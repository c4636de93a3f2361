"""Scene: against what the rows of a file are judged, the registry on the last day of the period reported."""

from dataclasses import dataclass
from datetime import date

from shared.forms import Form
from shared.network import Member, Network


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands on that day for the form's service; codes are the registry's."""

    member: str
    platform: str | None
    delegate: str | None
    department: str


class Scene:
    """One file's judging: who stands where, and whose lines have been seen."""

    def __init__(self, form: Form, platform: str, day: date, network: Network) -> None:
        self.platform = platform
        self.day = day
        self._service = form.services[0]
        self._members = {normal_code(member.code): member for member in network.members}
        self._standings: dict[str, Standing] = {}
        self._first_lines: dict[str, int] = {}

    def standing(self, code: str) -> Standing | None:
        """Of the member that the code names, case and surrounding space ignored; None where the registry has none."""
        key = normal_code(code)
        if key not in self._standings and key in self._members:
            self._standings[key] = self._stand(self._members[key])
        return self._standings.get(key)

    def first_line(self, member: str) -> int | None:
        return self._first_lines.get(member)

    def remember(self, member: str, line: int) -> None:
        self._first_lines.setdefault(member, line)

    def _stand(self, member: Member) -> Standing:
        return Standing(
            member.code,
            member.platform_on(self._service, self.day),
            member.delegated_to(self._service, self.day),
            member.department_on(self.day),
        )


def normal_code(code: str) -> str:
    return code.strip().upper()


def normal_department(code: str) -> str:
    """`1` is `01`, `2a` is `2A`."""
    code = normal_code(code)
    return f"0{code}" if len(code) == 1 else code
