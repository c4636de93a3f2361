"""Filing: the right rows of a file gathered by member and packed a thousand at a time, as they come."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ingestion.domain import Found
from services.ingestion.domain.filed import Filed, Row, filed_row
from services.ingestion.tables.packing import packed, unpacked
from shared.forms import Form

PAGE = 1_000
# Of all members together, waiting for their page to be full: memory is bounded however many members there are.
MOST_WAITING = 50_000


@dataclass(frozen=True, slots=True)
class FiledPage:
    """A thousand rows of one member or fewer, packed; pages of a member are numbered from 1, in the file's order."""

    member: str
    n: int
    many: int
    body: bytes

    def filed(self) -> Filed:
        """Says its own columns, whatever becomes of the form."""
        columns, rows = unpacked(self.body)
        return Filed(self.member, tuple(columns), rows)

    def rows(self) -> Iterator[Row]:
        yield from self.filed().rows


class Filing:
    """Of one file, under the form as it holds for it."""

    def __init__(self, form: Form) -> None:
        self._columns = form.columns
        self._names = [column.name for column in form.columns]
        self._member_at = next((n for n, column in enumerate(form.columns) if column.type == "member"), None)
        self._waiting: dict[str, list[Row]] = {}
        self._pages: Counter[str] = Counter()

    def take(self, found: Found) -> Sequence[FiledPage]:
        """The pages that are full now."""
        full = [self._add(line.member, filed_row(line, self._columns)) for line in found.lines]
        for number, case in zip(found.case_lines, found.cases, strict=True):
            full.append(self._add("" if self._member_at is None else case[self._member_at], [number, *case]))
        pages = [page for page in full if page]
        return [*pages, *self.rest()] if sum(map(len, self._waiting.values())) > MOST_WAITING else pages

    def _add(self, member: str, row: Row) -> FiledPage | None:
        rows = self._waiting.setdefault(member, [])
        rows.append(row)
        return self._page(member) if len(rows) == PAGE else None

    def _page(self, member: str) -> FiledPage:
        rows = self._waiting.pop(member)
        self._pages[member] += 1
        return FiledPage(member, self._pages[member], len(rows), packed([self._names, rows]))

    def rest(self) -> Sequence[FiledPage]:
        """The pages that are not full."""
        return [self._page(member) for member in list(self._waiting)]
