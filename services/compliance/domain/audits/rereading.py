"""A past audit under another version of its standard: what it would still say, and what nobody examined."""

from dataclasses import dataclass

from services.compliance.domain.audits import Audit, Result
from services.compliance.domain.standards import Requirement, Standard


@dataclass(frozen=True, slots=True)
class Reread:
    """A requirement of the other version, the results it comes from, and whether its words or evidence changed."""

    requirement: Requirement
    results: tuple[Result, ...]
    is_changed: bool

    @property
    def is_new(self) -> bool:
        return not self.results


def reread(audit: Audit, standard: Standard) -> list[Reread]:
    """Nothing of the audit changes."""
    own = audit.standard
    rows = []
    for one in standard.required_of(audit.audited_kind):
        numbers = one.came_from if standard.version >= own.version else _led_to(own, one.number)
        results = tuple(found for number in numbers if (found := audit.result(number)))
        words = [tuple(own.by_number[found.requirement].words) for found in results]
        rows.append(Reread(one, results, any(said != tuple(one.words) for said in words)))
    return rows


def _led_to(newer: Standard, number: str) -> list[str]:
    """The requirements of a newer version that came from this one."""
    return [one.number for one in newer.requirements if number in one.came_from]
