"""Pressure: how many files are taken at once; who comes beyond that is told when to come again."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.web import Problem

AT_ONCE = 64
AT_ONCE_PER_PLATFORM = 24
_RETRY_SECONDS = 2


class Pressure:
    """Of one process."""

    def __init__(self, at_once: int = AT_ONCE, per_platform: int = AT_ONCE_PER_PLATFORM) -> None:
        self._at_once, self._per_platform = at_once, per_platform
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, platform: str) -> Iterator[None]:
        """Raises 429 where the platform alone is too much, 503 where all together are."""
        if self._taken[platform] >= self._per_platform:
            raise Problem(
                429,
                "Trop d’envois de votre Plate-forme à la fois : attendez que les premiers soient jugés.",
                code="too_many_at_once",
                retry_after=_RETRY_SECONDS,
            )
        if self._taken.total() >= self._at_once:
            raise Problem(
                503,
                "Trop d’envois à la fois : réessayez dans un instant.",
                code="busy",
                retry_after=_RETRY_SECONDS,
            )
        self._taken[platform] += 1
        try:
            yield
        finally:
            self._taken[platform] -= 1


PRESSURE = Pressure()
