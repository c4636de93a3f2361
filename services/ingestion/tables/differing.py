"""Two versions compared: small ones in a thread, others in a child process, what differs packed as it comes."""

import asyncio
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from tempfile import TemporaryFile
from typing import BinaryIO

from services.ingestion.domain.difference import Change, Kind, differences
from services.ingestion.domain.filed import Row, in_columns
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.packing import packed, unpacked
from shared.children import ChildFailed, Children
from shared.forms import Form

PAGE = 1_000
_SMALL_ROWS = 20_000
# Two million rows without a difference are read twice without a word.
_SILENCE_SECONDS = 300.0


class TooDifferent(Exception):
    """Comparing the two took too much memory or time."""


@dataclass(slots=True)
class MemberCount:
    """Of one member: the rows of either version, and how many came, went or changed."""

    member: str
    before: int
    after: int
    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed)


@dataclass(slots=True)
class Difference:
    """What differs, a thousand changes to a page, in the order of members."""

    columns: tuple[str, ...]
    members: list[MemberCount]
    member_at: int | None = None
    total: int = 0
    _pages: list[bytes] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        return sum(getattr(member, kind) for member in self.members)

    def member_of(self, row: Row) -> str:
        """Empty where the form's rows are about no member."""
        return "" if self.member_at is None else str(row[self.member_at])

    def some(self, first: int, many: int) -> list[Change]:
        """So many from number `first` on."""
        found: list[Change] = []
        for n in range((first - 1) // PAGE, min(len(self._pages), (first + many - 2) // PAGE + 1)):
            found += [
                change
                for number, change in enumerate(_changes(self._pages[n]), start=n * PAGE + 1)
                if first <= number < first + many
            ]
        return found

    def pages(self) -> Iterator[list[Change]]:
        for page in self._pages:
            yield list(_changes(page))

    def take(self, page: bytes | tuple[str, Counter[Kind]]) -> None:
        """A page of changes, or what there was of a member."""
        if isinstance(page, bytes):
            self._pages.append(page)
            return
        member, found = page
        count = next(one for one in self.members if one.member == member)
        count.added, count.removed, count.changed = found["added"], found["removed"], found["changed"]
        self.total += found.total()


def _changes(page: bytes) -> Iterator[Change]:
    for values in unpacked(page):
        yield Change(*values)


Side = Sequence[FiledPage]


async def differ(form: Form, before: Side, after: Side) -> Difference:
    """Raises TooDifferent."""
    columns = await asyncio.to_thread(_columns, form, before, after)
    member = next((column.name for column in form.columns if column.type == "member"), None)
    found = Difference(columns, _counts(before, after), columns.index(member) + 1 if member in columns else None)
    if sum(page.many for page in (*before, *after)) <= _SMALL_ROWS:
        await asyncio.to_thread(_take_all, found, _compared(form, columns, before, after))
        return found
    with TemporaryFile() as file:
        await asyncio.to_thread(pickle.dump, (before, after), file)
        file.flush()
        try:
            await _children().run(_compare_in_child, file, (form, columns), found.take)
        except ChildFailed as failed:
            raise TooDifferent from failed
    return found


@cache
def _children() -> Children:
    """Its own: a long comparison does not keep a judging waiting."""
    return Children(number=1, silence=_SILENCE_SECONDS)


def _columns(form: Form, before: Side, after: Side) -> tuple[str, ...]:
    """Of both sides: a form that changed in time has had others."""
    sides = [side[0].filed().columns for side in (after, before) if side] or [tuple(c.name for c in form.columns)]
    return tuple(dict.fromkeys(name for columns in sides for name in columns))


def _counts(before: Side, after: Side) -> list[MemberCount]:
    sides: list[Counter[str]] = [Counter(), Counter()]
    for rows, side in zip(sides, (before, after), strict=True):
        for page in side:
            rows[page.member] += page.many
    return [MemberCount(member, sides[0][member], sides[1][member]) for member in sorted(sides[0] | sides[1])]


def _take_all(found: Difference, parts: Iterable[bytes | tuple[str, Counter[Kind]]]) -> None:
    for part in parts:
        found.take(part)


def _compare_in_child(
    file: BinaryIO, asked: tuple[Form, tuple[str, ...]]
) -> Iterator[bytes | tuple[str, Counter[Kind]]]:
    before, after = pickle.load(file)  # noqa: S301  written by our own parent
    yield from _compared(*asked, before, after)


def _compared(
    form: Form, columns: tuple[str, ...], before: Side, after: Side
) -> Iterator[bytes | tuple[str, Counter[Kind]]]:
    waiting: list[Change] = []
    for member in sorted({page.member for page in (*before, *after)}):
        found: Counter[Kind] = Counter()
        for change in differences(form, columns, _Rows(before, member, columns), _Rows(after, member, columns)):
            found[change.kind] += 1
            waiting.append(change)
            if len(waiting) == PAGE:
                yield _packed(waiting)
                waiting = []
        yield member, found
    if waiting:
        yield _packed(waiting)


def _packed(changes: Sequence[Change]) -> bytes:
    return packed([(one.kind, one.before, one.after) for one in changes])


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a member, unpacked again each time they are read."""

    side: Side
    member: str
    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        for page in self.side:
            if page.member == self.member:
                yield from in_columns(page.filed(), self.columns)
