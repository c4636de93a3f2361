"""What came through a door: its bytes in a file without a name, and what its sender says that it is."""

import hashlib
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Literal

from services.ingestion.domain import MAX_BYTES, Error
from shared.forms import FORMS, Form
from shared.positioned import reader_of

Door = Literal["http", "page", "sftp"]
PIECE = 1 << 20
# Of a file whose name does not say what it is: it has no place among the others.
_UNKNOWN = {"code": "", "title": "Formulaire inconnu", "service_title": "Formulaire inconnu", "columns": ()}
NO_FORM = next(iter(FORMS.values())).model_copy(update=_UNKNOWN)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file as received, up to one byte more than the limit: the verdict says that it is too large."""

    file: BinaryIO
    size: int
    sha256: str

    def opened(self) -> BinaryIO:
        """From its beginning, whoever else reads it."""
        return reader_of(self.file.fileno())

    def pieces(self) -> Iterator[bytes]:
        """At least one, be it empty."""
        file = self.opened()
        yield file.read(PIECE)
        while piece := file.read(PIECE):
            yield piece


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform is the credential's, never the sender's word.

    certified_by: the person of the platform who answers for the figures; nil: an annual form without a row is meant;
    key: what its sender calls this request (`Idempotency-Key`); found: what its door refuses it for.
    """

    platform: str
    form: Form
    period: str
    content: Bytes
    file_name: str
    door: Door
    sent_by: str
    certified_by: str = ""
    nil: bool = False
    key: str = ""
    found: Error | None = None


@contextmanager
def spool() -> Iterator["Spool"]:
    """A file that no name leads to: it is gone with its process, however that ends."""
    with TemporaryFile() as file:
        yield Spool(file)


class Spool:
    """Takes the bytes as they come."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, piece: bytes) -> None:
        """What is beyond the limit is let go."""
        kept = piece[: MAX_BYTES + 1 - self._size]
        self._file.write(kept)
        self._hash.update(kept)
        self._size += len(kept)

    async def take(self, pieces: AsyncIterable[bytes]) -> Bytes:
        async for piece in pieces:
            self.write(piece)
        return self.taken()

    def taken(self) -> Bytes:
        self._file.flush()
        return Bytes(self._file, self._size, self._hash.hexdigest())


def printable(text: str, longest: int = _LONGEST_NAME) -> str:
    """What PostgreSQL and a page can show of a name chosen elsewhere."""
    return "".join(character if character.isprintable() else "�" for character in text)[:longest]
