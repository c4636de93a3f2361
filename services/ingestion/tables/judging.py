"""Judging what was sent: small files in a thread, others in a child process, what is found packed as it comes."""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cache
from typing import Any, BinaryIO

from services.ingestion.domain import UNREADABLE, Asked, Error, Found, Line, Outcome, judge_in_parts, refusal
from services.ingestion.tables.sent import Bytes
from shared.children import ChildFailed, Children

PAGE = 1_000
_SMALL_BYTES = 64 * 1024
_ZIP = b"PK"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A thousand errors or fewer, packed; the first has the number `first` (from 1)."""

    first: int
    many: int
    body: bytes

    def errors(self) -> list[Error]:
        return [Error(*values) for values in json.loads(zlib.decompress(self.body))]


@dataclass(slots=True)
class Verdict:
    """The outcome and, packed, what was found: errors where the file is refused, lines or cases where it is taken."""

    outcome: Outcome
    first_errors: tuple[Error, ...] = ()
    pages: list[ErrorPage] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    case_parts: list[bytes] = field(default_factory=list)


Progress = Callable[[int], None]


@cache
def _children() -> Children:
    return Children(number=1)


def end_children() -> None:
    """At the end of a process that judged."""
    if _children.cache_info().currsize:
        _children().close()
        _children.cache_clear()


async def judge_sent(content: Bytes, asked: Asked, progress: Progress = lambda _: None) -> Verdict:
    """The verdict on a file whatever its size and whatever it does to who reads it."""
    packer = Packer(asked, progress)
    starts_as_zip = content.opened().read(2) == _ZIP
    if content.size <= _SMALL_BYTES and not starts_as_zip:
        await asyncio.to_thread(packer.take_all, judge_in_parts(content.opened(), asked))
    else:
        try:
            await _children().run(_judge_in_child, content.file, asked, packer.take)
        except ChildFailed:
            return Packer(asked, progress).unreadable()
    return packer.verdict()


def _judge_in_child(file: BinaryIO, asked: Asked) -> Iterator["_Packed | Outcome"]:
    for part in judge_in_parts(file, asked):
        yield part if isinstance(part, Outcome) else _pack(part, asked)


@dataclass(slots=True)
class _Packed:
    """A part as it leaves the child: errors and cases as JSON, packed; lines are few."""

    errors: int
    error_body: bytes
    first_errors: Sequence[Error]
    lines: Sequence[Line]
    cases: bytes
    rows: int


def _pack(found: Found, asked: Asked) -> _Packed:
    return _Packed(
        len(found.errors),
        packed([astuple(error) for error in found.errors]) if found.errors else b"",
        found.errors[:PAGE],
        found.lines,
        packed(found.cases) if found.cases else b"",
        found.rows,
    )


def packed(values: Any) -> bytes:
    return zlib.compress(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode(), 1)


def unpacked(body: bytes) -> Any:
    return json.loads(zlib.decompress(body))


class Packer:
    """Gathers the parts of one judging."""

    def __init__(self, asked: Asked, progress: Progress) -> None:
        self._asked, self._progress = asked, progress
        self._rows = 0
        self._errors = 0
        self._found = Verdict(Outcome("rejected"))

    def take_all(self, parts: Iterator[Found | Outcome]) -> None:
        for part in parts:
            self.take(part if isinstance(part, Outcome) else _pack(part, self._asked))

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
            self._found.case_parts += [part.cases] if part.cases else []

    def verdict(self) -> Verdict:
        """What was found in a file that is refused is no line; what names somebody is repeated nowhere."""
        found = self._found
        if found.outcome.verdict == "rejected":
            found.lines, found.case_parts = [], []
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
    return Verdict(outcome, (error,), [ErrorPage(1, 1, packed([astuple(error)]))])


def _without_values(page: ErrorPage) -> ErrorPage:
    return replace(page, body=packed([astuple(replace(error, value=None)) for error in page.errors()]))
