"""Letters as mail bodies, encoded once and kept while they are in use."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from services.notification.domain.letters import Letter
from services.notification.domain.mime import body_of
from services.notification.tables.queue import read_letters
from shared.transaction import Transaction

_LARGEST = 64 * 1024 * 1024


class Bodies:
    """The bodies used last, up to a size; the newest always stays."""

    def __init__(self, largest: int = _LARGEST) -> None:
        self._largest = largest
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def __getitem__(self, letter: str) -> bytes:
        self._kept.move_to_end(letter)
        return self._kept[letter]

    def missing(self, letters: Iterable[str]) -> list[str]:
        return sorted({letter for letter in letters if letter not in self._kept})

    def shrink(self) -> None:
        """Between batches: what a batch needs stays until it is sent."""
        size = sum(len(body) for body in self._kept.values())
        while size > self._largest:
            size -= len(self._kept.popitem(last=False)[1])

    def add(self, letter: Letter) -> None:
        self._kept[letter.sha256] = body_of(letter)

    async def load(self, work: Transaction, letters: Sequence[str]) -> None:
        """Reads and encodes those that are not at hand."""
        missing = self.missing(letters)
        if missing:
            for letter in await read_letters(work, missing):
                self.add(letter)
