"""Marks: which cells of a file its findings are about, as far as a copy of the file can show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.ingestion.domain.structure import column_names
from services.ingestion.domain.verdict_told import Finding

MOST_LINES = 20_000
MOST_CELLS = 50_000


@dataclass(slots=True)
class Marks:
    """The findings that are about a line, as many as a workbook bears; `is_cut` where there are more."""

    lines: dict[int, list[Finding]] = field(default_factory=dict)
    is_cut: bool = False
    _many: int = 0

    def add(self, finding: Finding) -> bool:
        """False where there is no more room, and from then on; a line is taken with all its findings."""
        if finding.line is None:
            return not self.is_cut
        if not self.is_cut and finding.line not in self.lines:
            self.is_cut = len(self.lines) >= MOST_LINES or self._many >= MOST_CELLS
        if not self.is_cut:
            self.lines.setdefault(finding.line, []).append(finding)
            self._many += 1
        return not self.is_cut


def places_in_header(header: Sequence[str], findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """By column, from 0: a name that must not be there wherever it stands, a double one from the second on."""
    names = column_names(header)
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        places = [place for place, name in enumerate(names) if name == finding.column]
        for place in places[1:] if finding.code == "duplicate_column" else places:
            found.setdefault(place, []).append(finding)
    return found


def places_in_row(header: Sequence[str], findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """By column, from 0; what is about the whole row is marked on its first cell."""
    names = column_names(header)
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        found.setdefault(names.index(finding.column) if finding.column in names else 0, []).append(finding)
    return found
