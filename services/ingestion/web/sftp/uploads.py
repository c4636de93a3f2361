"""Uploads: what is coming under a name, and whether its sender has ended it."""

import asyncio
import hashlib
import os
from bisect import bisect_left
from datetime import UTC, datetime
from tempfile import TemporaryFile

from services.ingestion.domain import MAX_BYTES
from services.ingestion.tables.sent import PIECE, Bytes

_MOST_SPANS = 1_000
_SMALLEST_BUFFER = 16_000
_SELF_ENDING = (b"PK", b"{", b"[")


class TooScattered(Exception):
    """The pieces leave more holes than any client that means well."""


class Replaced(Exception):
    """Another file has come under the name, or this one was removed."""


class Spans:
    """Which bytes have come, in whatever order."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    @property
    def end(self) -> int:
        return self._spans[-1][1] if self._spans else 0

    @property
    def has_holes(self) -> bool:
        return len(self._spans) > 1 or (bool(self._spans) and self._spans[0][0] > 0)

    def add(self, start: int, end: int) -> None:
        """Joins what touches."""
        first = bisect_left(self._spans, start, key=lambda span: span[1])
        last = first
        while last < len(self._spans) and self._spans[last][0] <= end:
            start, end = min(start, self._spans[last][0]), max(end, self._spans[last][1])
            last += 1
        self._spans[first:last] = [(start, end)]
        if len(self._spans) > _MOST_SPANS:
            raise TooScattered


class Upload:
    """Bytes in a file without a name, however they come; up to one more than the limit is kept.

    stirred: set once it is no longer what it was when one looked; is_cut: a handle on it went with its line, which
    nobody but the sender can make good.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.handles = 0
        self.was_closed = False
        self.is_cut = False
        self.is_judged = False
        self.changed_at = datetime.now(UTC)
        self.stirred = asyncio.Event()
        self._declared: int | None = None
        self._writes = self._longest = self._last = 0
        self._spans = Spans()
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the upload

    @property
    def size(self) -> int:
        return self._spans.end

    @property
    def is_too_large(self) -> bool:
        return self.size > MAX_BYTES

    @property
    def is_at_rest(self) -> bool:
        return self.handles == 0 and not self.is_judged

    @property
    def is_whole(self) -> bool:
        """By its own account: ended by its sender, without a hole, as long as said beforehand."""
        ended = self.was_closed and self.is_at_rest and not self.is_cut
        return ended and not self._spans.has_holes and self._declared in (None, self.size)

    def open(self) -> None:
        """Whoever opens it again takes it up where it was left."""
        self.handles += 1
        self.stir()
        self.was_closed = self.is_cut = False
        self._declared = None

    def close(self, *, by_sender: bool) -> None:
        self.handles -= 1
        self.was_closed = True
        self.is_cut = self.is_cut or not by_sender
        self.changed_at = datetime.now(UTC)

    def write(self, offset: int, data: bytes) -> None:
        if not data:
            return
        if self._file.closed:
            raise Replaced
        self._spans.add(offset, offset + len(data))
        self._writes += 1
        self._longest = max(self._longest, len(data))
        if offset + len(data) == self.size:
            self._last = len(data)
        kept = data[: max(0, MAX_BYTES + 1 - offset)]
        if kept:
            os.pwrite(self._file.fileno(), kept, offset)
        self.changed_at = datetime.now(UTC)

    def declare(self, size: int) -> None:
        """A size set by the client is not applied: it says how long the file is (lftp does, before it closes)."""
        self._declared = size

    @property
    def has_declared_size(self) -> bool:
        return self._declared is not None

    @property
    def may_go_on(self) -> bool:
        """Nothing tells it from the beginning of a longer file.

        OpenSSH, interrupted, closes the file as if it were whole; but then what it has sent are full buffers. Only a
        CSV can be read to its end in such a state.
        """
        if self._declared is not None or self._longest < _SMALLEST_BUFFER or self._last < self._longest:
            return False
        ends_with_buffer = self._writes > 1 or not (self._longest % 512 and self._longest % 1000)
        return ends_with_buffer and not self.start(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_SELF_ENDING)

    def rename(self, name: str) -> None:
        self.name = name
        self.stir()

    def taken(self) -> Bytes:
        """Reads it whole to know its hash; raises Replaced where it goes meanwhile."""
        digest, at = hashlib.sha256(), 0
        try:
            while piece := os.pread(self._file.fileno(), PIECE, at):
                digest.update(piece)
                at += len(piece)
        except (ValueError, OSError) as error:
            raise Replaced from error
        return Bytes(self._file, at, digest.hexdigest())

    def start(self, most: int) -> bytes:
        return os.pread(self._file.fileno(), most, 0)

    def stir(self) -> None:
        self.stirred.set()
        self.stirred = asyncio.Event()

    def discard(self) -> None:
        self.stirred.set()
        self._file.close()
