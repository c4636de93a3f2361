"""Changes of bytes: what lines, disks and ill will do to a file once it is written; in a workbook also part by part."""

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

from tests.soak.book_writers import zipped

_INSERTED: Sequence[bytes] = (
    b"\x00", b"\xff", b"\x81", b"\x1a", b"\x7f", b"\xc3", b"\xe9", b"\xc2\x85", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n",
    b'"', b'""', b";", b",", b"\t", b" ", b"<", b">", b"&", b"&#0;", b"]]>", b"{", b"}", b"[", b"]", b":", b"\\",
    b"PK\x03\x04", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xc0\x80", b"-", b"0", b"9" * 50,
)  # fmt: skip

Change = Callable[[Random, bytes], bytes]


def flip(draw: Random, content: bytes) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << draw.randrange(8))]) + content[place + 1 :]


def insert(draw: Random, content: bytes) -> bytes:
    place = draw.randint(0, len(content))
    return content[:place] + draw.choice(_INSERTED) + content[place:]


def delete(draw: Random, content: bytes) -> bytes:
    start = draw.randrange(len(content))
    return content[:start] + content[start + draw.choice((1, 1, 2, 10, 100)) :]


def cut(draw: Random, content: bytes) -> bytes:
    return content[: draw.randint(0, len(content))]


def repeat(draw: Random, content: bytes) -> bytes:
    start = draw.randrange(len(content))
    end = start + draw.choice((1, 5, 50, 500))
    return content[:end] + content[start:]


def exchange(draw: Random, content: bytes) -> bytes:
    """One piece comes before another."""
    a, b, c = sorted(draw.randint(0, len(content)) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def append(draw: Random, content: bytes) -> bytes:
    return content + draw.choice((b"\x00" * 512, b"\n" * 3, draw.randbytes(40), content[:200]))


CHANGES: Sequence[Change] = (flip, flip, flip, insert, insert, insert, delete, delete, cut, repeat, exchange, append)


def changed(draw: Random, content: bytes) -> bytes:
    """Changed in one to three places; a workbook at times inside one of its parts, packed again as if it were right."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        if not content:
            return content
        inside = content.startswith(b"PK\x03\x04") and draw.random() < 0.7
        content = _changed_inside(draw, content) if inside else draw.choice(CHANGES)(draw, content)
    return content


def _changed_inside(draw: Random, content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError, NotImplementedError):
        return flip(draw, content)
    held = [name for name, part in parts.items() if part]
    if not held:
        return content
    name = draw.choice([*held, *[one for one in held if "sheet" in one or one == "content.xml"] * 2])
    if draw.random() < 0.03:
        del parts[name]
    else:
        parts[name] = draw.choice(CHANGES)(draw, parts[name])
    return zipped(parts)
