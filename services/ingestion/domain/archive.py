"""Archives: the packed parts of a workbook, opened within bounds, their XML read as it is unpacked."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, Any, BinaryIO
from xml.parsers import expat

from services.ingestion.domain.sheet import FileTooLarge, UnreadableFile

_MOST_PARTS = 2_000
_PIECE = 1 << 16
# More than two million rows can need; a part that unpacks to more is a bomb.
_LARGEST_PART = 4 << 30
# Sheets unpack to ten or twenty times their size; above this one, what unpacks to more times is a bomb too.
_LARGE_PART = 16 << 20
_MOST_TIMES = 50
_LONGEST_TOKEN = 1 << 20
_MOST_ELEMENTS = 200_000
_ENCRYPTED = 0x1
_KINDS_OF_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MACRO_PARTS = ("vbaproject.bin", "basic/", "scripts/")
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, LookupError)

Attributes = dict[str, str]


class Archive:
    """A workbook's zip archive; raises UnreadableFile where it is broken, encrypted or holds macros."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise UnreadableFile("workbook") from error
        entries = self._zip.infolist()
        if len(entries) > _MOST_PARTS:
            raise FileTooLarge("unpacked")
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise UnreadableFile("encrypted")
        if any(entry.compress_type not in _KINDS_OF_PACKING for entry in entries):
            raise UnreadableFile("workbook")
        self.names = {entry.filename for entry in entries}
        if any(part in name.casefold() for name in self.names for part in _MACRO_PARTS):
            raise UnreadableFile("macro")

    def pieces(self, name: str) -> Iterator[bytes]:
        try:
            largest = min(_LARGEST_PART, max(_LARGE_PART, _MOST_TIMES * self._zip.getinfo(name).compress_size))
            with self._zip.open(name) as part:
                yield from _bounded(part, largest)
        except (*_BROKEN, zlib.error) as error:
            raise UnreadableFile("workbook") from error

    def whole(self, name: str, largest: int = 1 << 20) -> bytes:
        """A small part."""
        content = b""
        for piece in self.pieces(name):
            content += piece
            if len(content) > largest:
                raise FileTooLarge("unpacked")
        return content

    def parse(self, name: str, parser: "Parser") -> Iterator[None]:
        """Feeds the part to the parser; stops after each piece, so that what was found can be taken."""
        for piece in self.pieces(name):
            parser.feed(piece)
            yield
        parser.feed(b"", final=True)
        yield


def _bounded(part: IO[bytes], largest: int) -> Iterator[bytes]:
    size = 0
    while piece := part.read(_PIECE):
        size += len(piece)
        if size > largest:
            raise FileTooLarge("unpacked")
        yield piece


class Parser:
    """XML without document type, hence without entities of its own; names are told with their namespace before them.

    Whatever prefix a file has chosen for it; one that it has not declared makes it unreadable.
    """

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None],
        text: Callable[[str], None] | None = None,
    ) -> None:
        self._fed = 0
        self._expat = expat.ParserCreate(namespace_separator=":")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end
        if text:
            self._expat.CharacterDataHandler = text
        self._expat.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        try:
            self._expat.Parse(piece, final)
        except (expat.ExpatError, ValueError, OverflowError, LookupError) as error:
            raise UnreadableFile("workbook") from error
        self._fed += len(piece)
        if self._fed - self._expat.CurrentByteIndex > _LONGEST_TOKEN:
            raise FileTooLarge("unpacked")  # a name, an attribute or a comment that goes on and on is held in memory

    @staticmethod
    def _refuse(*_: Any) -> None:
        raise UnreadableFile("workbook")


def elements(content: bytes) -> list[tuple[str, Attributes]]:
    """Every element of a small part in its order, with its attributes, namespaces left out."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        if len(found) >= _MOST_ELEMENTS:
            raise FileTooLarge("unpacked")
        found.append((local(name), {local(key): value for key, value in attributes.items()}))

    Parser(start, lambda _: None).feed(content, final=True)
    return found


@lru_cache(maxsize=4096)
def local(name: str) -> str:
    return name.rpartition(":")[2]
