"""Previews: the rows of a refused file with what is wrong in each cell beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.ingestion.domain.excerpts import Excerpt
from services.ingestion.domain.marks import places_in_header, places_in_row
from services.ingestion.domain.verdict_told import Finding
from shared.report.french import shorten

FIRST_ROWS = 3
MOST_COLUMNS = 60
_LONGEST_CELL = 80

# A finding with its number in the list, from 1.
Numbered = tuple[int, Finding]


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """As received, cut where it is long, with what is wrong in it."""

    text: str
    findings: tuple[Numbered, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A line of the file."""

    line: int
    cells: tuple[PreviewCell, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines`: which can be led to; `is_cut`: a row has more columns than are shown; `missing`: rows not found."""

    header: PreviewRow
    rows: tuple[PreviewRow, ...]
    is_cut: bool
    missing: int

    @property
    def lines(self) -> frozenset[int]:
        return frozenset({1, *(row.line for row in self.rows)})


def lines_of(findings: Iterable[Finding]) -> frozenset[int]:
    """Of the rows that they are about; the header is always shown."""
    return frozenset(finding.line for finding in findings if finding.line is not None and finding.line > 1)


def preview(found: Excerpt, numbered: Sequence[Numbered]) -> Preview:
    width = max(map(len, (found.header, *found.rows.values())), default=0)
    shown = min(width, MOST_COLUMNS)
    by_line: dict[int, list[Numbered]] = {}
    for number, finding in numbered:
        if finding.line is not None:
            by_line.setdefault(finding.line, []).append((number, finding))
    header = _cells(found.header, shown, _in_header(found.header, by_line.get(1, ())))
    rows = tuple(
        PreviewRow(line, _cells(record, shown, _in_row(found.header, by_line.get(line, ()))))
        for line, record in found.rows.items()
    )
    missing = len(lines_of(finding for _, finding in numbered) - found.rows.keys())
    return Preview(PreviewRow(1, header), rows, width > shown, missing)


Marked = Mapping[int, Sequence[Numbered]]


def _in_header(header: Sequence[str], numbered: Iterable[Numbered]) -> Marked:
    return _grouped((place, one) for one in numbered for place in places_in_header(header, [one[1]]))


def _in_row(header: Sequence[str], numbered: Iterable[Numbered]) -> Marked:
    return _grouped((place, one) for one in numbered for place in places_in_row(header, [one[1]]))


def _grouped(placed: Iterable[tuple[int, Numbered]]) -> Marked:
    found: dict[int, list[Numbered]] = {}
    for place, one in placed:
        found.setdefault(place, []).append(one)
    return found


def _cells(record: Sequence[str], width: int, marked: Marked) -> tuple[PreviewCell, ...]:
    return tuple(_cell(record, place, marked) for place in range(width))


def _cell(record: Sequence[str], place: int, marked: Marked) -> PreviewCell:
    text = record[place] if place < len(record) else ""
    return PreviewCell(shorten(text.strip(), _LONGEST_CELL), tuple(marked.get(place, ())))
