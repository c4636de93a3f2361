"""How an obligation stands: what has arrived, whether it was corrected, waits to be confirmed, and is complete."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.compliance.domain.obligations import Obligation, Owed
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period

MEMBER_COLUMN = "organisme"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What stands for an obligation; members None: it is not known who has a line."""

    first_accepted: date
    versions: int
    to_confirm: bool
    members: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An obligation with what stands for it; expected: who must have a line, None where no line per member is owed."""

    obligation: Obligation
    arrived: Arrived | None
    expected: tuple[str, ...] | None

    @property
    def is_corrected(self) -> bool:
        return self.arrived is not None and self.arrived.versions > 1

    @property
    def to_confirm(self) -> bool:
        return self.arrived is not None and self.arrived.to_confirm

    @property
    def missing_members(self) -> tuple[str, ...] | None:
        """Expected members without a line in the standing version; None where that is not asked, or not known."""
        if self.expected is None or (self.arrived is not None and self.arrived.members is None):
            return None
        present = self.arrived.members if self.arrived and self.arrived.members else frozenset()
        return tuple(code for code in self.expected if code not in present)

    @property
    def is_complete(self) -> bool | None:
        """It follows from the content: every expected member has a line."""
        if self.arrived is None:
            return False
        missing = self.missing_members
        return None if missing is None else not missing


def owes_lines(form: Form) -> bool:
    """Whether every member that performs the service has its line; a case or an agreement need not be any member's."""
    return MEMBER_COLUMN in form.key


def expected_members(network: Network, platform: str, form: Form, period: Period) -> tuple[str, ...]:
    return network.expected(platform, form.services, period.last_day)


def standings(network: Network, owed: Sequence[Obligation], arrived: Mapping[Owed, Arrived]) -> Iterator[Standing]:
    """One per obligation, in their order."""
    for one in owed:
        form = FORMS[one.form]
        expected = expected_members(network, one.platform, form, Period.parse(one.period)) if owes_lines(form) else None
        yield Standing(one, arrived.get(one.owed), expected)
