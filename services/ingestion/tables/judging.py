"""Judging what was sent: small files in a thread, others in a child process, what is found packed as it comes."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import BinaryIO

from services.ingestion.domain import UNREADABLE, Asked, Error, Found, Line, Outcome, judge_in_parts, refusal
from services.ingestion.tables.filing import FiledPage, Filing
from services.ingestion.tables.packing import packed, unpacked
from services.ingestion.tables.sent import Bytes
from shared.children import ChildFailed, Children

PAGE = 1_000
# In the order of the class's fields; `dataclasses.astuple` copies each deeply, which costs more than the judging.
_told = attrgetter("line", "column", "code", "message", "value", "expected")
_SMALL_BYTES = 64 * 1024
_LARGE_BYTES = 5 * 1024 * 1024
_ZIP = b"PK"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A thousand errors or fewer, packed; the first has the number `first` (from 1)."""

    first: int
    many: int
    body: bytes

    def errors(self) -> list[Error]:
        return [Error(*values) for values in unpacked(self.body)]


@dataclass(slots=True)
class Verdict:
    """The outcome and what was found: errors where the file is refused, where it is taken its rows, by member.

    lines: the rows themselves, where they are few; of cases there are none.
    """

    outcome: Outcome
    first_errors: tuple[Error, ...] = ()
    pages: list[ErrorPage] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    filed: list[FiledPage] = field(default_factory=list)


Progress = Callable[[int], None]


_pools: dict[bool, Children] = {}


def _children(*, large: bool) -> Children:
    """Small files do not wait for a large one."""
    if large not in _pools:
        _pools[large] = Children(number=1 if large else 2)
    return _pools[large]


def end_children() -> None:
    """At the end of a process that judged."""
    while _pools:
        _pools.popitem()[1].close()


async def judge_sent(content: Bytes, asked: Asked, progress: Progress = lambda _: None) -> Verdict:
    """The verdict on a file whatever its size and whatever it does to who reads it."""
    packer = Packer(asked, progress)
    starts_as_zip = content.opened().read(2) == _ZIP
    if content.size <= _SMALL_BYTES and not starts_as_zip:
        await asyncio.to_thread(packer.take_all, _packed_parts(judge_in_parts(content.opened(), asked), asked))
    else:
        try:
            await _children(large=content.size > _LARGE_BYTES).run(_judge_in_child, content.file, asked, packer.take)
        except ChildFailed:
            return Packer(asked, progress).unreadable()
    return packer.verdict()


def _judge_in_child(file: BinaryIO, asked: Asked) -> Iterator["_Packed | Outcome"]:
    yield from _packed_parts(judge_in_parts(file, asked), asked)


@dataclass(slots=True)
class _Packed:
    """A part as it leaves the child: errors and rows as JSON, packed; lines are few."""

    errors: int = 0
    error_body: bytes = b""
    first_errors: Sequence[Error] = ()
    lines: Sequence[Line] = ()
    filed: Sequence[FiledPage] = ()
    rows: int = 0


def _packed_parts(parts: Iterable[Found | Outcome], asked: Asked) -> Iterator["_Packed | Outcome"]:
    filing = Filing(asked.dated().form)
    for part in parts:
        if isinstance(part, Found):
            yield _pack(part, filing)
        else:
            if part.verdict == "accepted":
                yield _Packed(filed=filing.rest())
            yield part


def _pack(found: Found, filing: Filing) -> _Packed:
    if not found.errors:
        return _Packed(lines=found.lines, filed=filing.take(found), rows=found.rows)
    body = packed([_told(error) for error in found.errors])
    return _Packed(len(found.errors), body, found.errors[:PAGE], rows=found.rows)


class Packer:
    """Gathers the parts of one judging."""

    def __init__(self, asked: Asked, progress: Progress) -> None:
        self._asked, self._progress = asked, progress
        self._rows = 0
        self._errors = 0
        self._found = Verdict(Outcome("rejected"))

    def take_all(self, parts: Iterable["_Packed | Outcome"]) -> None:
        for part in parts:
            self.take(part)

    def take(self, part: "_Packed | Outcome") -> None:
        if isinstance(part, Outcome):
            self._found.outcome = part
            return
        if part.rows < 0:
            self._found, self._errors = Verdict(Outcome("rejected")), 0
        self._rows += max(part.rows, 0)
        self._progress(self._rows)
        if part.errors:
            self._found.pages.append(ErrorPage(self._errors + 1, part.errors, part.error_body))
            self._errors += part.errors
        if len(self._found.first_errors) < PAGE:
            self._found.first_errors = (*self._found.first_errors, *part.first_errors)[:PAGE]
        if not self._errors:
            self._found.lines += part.lines
            self._found.filed += part.filed

    def verdict(self) -> Verdict:
        """What was found in a file that is refused is no line; what names somebody is repeated nowhere."""
        found = self._found
        if found.outcome.verdict == "rejected":
            found.lines, found.filed = [], []
        else:
            found.pages, found.first_errors = [], ()
        if found.outcome.holds_identity:
            found.pages = [_without_values(page) for page in found.pages]
            found.first_errors = tuple(replace(error, value=None) for error in found.first_errors)
        return found

    def unreadable(self) -> Verdict:
        """A file that took its reader's memory or time."""
        error = refusal("unreadable_file", reason=UNREADABLE["time"])
        return refused(error, keeps_bytes=not self._asked.form.anonymous)


def refused(error: Error, *, keeps_bytes: bool) -> Verdict:
    """Of a file whose rows are not judged: what is not known to be anonymous is not kept."""
    outcome = Outcome("rejected", {error.code: 1}, holds_identity=not keeps_bytes)
    return Verdict(outcome, (error,), [ErrorPage(1, 1, packed([_told(error)]))])


def _without_values(page: ErrorPage) -> ErrorPage:
    return replace(page, body=packed([_told(replace(error, value=None)) for error in page.errors()]))
