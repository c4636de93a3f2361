"""A reader of an open file with a position of its own: others who hold the same file do not move it."""

import io
import os
from typing import Any, BinaryIO


class _Positioned(io.RawIOBase):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        many = os.preadv(self._descriptor, [buffer], self._position)
        self._position += many
        return many

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        self._position = base + offset
        return self._position


def reader_of(descriptor: int) -> BinaryIO:
    """Leaves the descriptor open."""
    return io.BufferedReader(_Positioned(descriptor), 1 << 16)
