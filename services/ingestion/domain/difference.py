"""Differences between two versions: which rows came, went or changed; by key, or by equality where there is none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from services.ingestion.domain.filed import Row
from shared.forms import Form

Kind = Literal["added", "removed", "changed"]
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Change:
    """A row of one version, of the other, or of both; both have the same columns."""

    kind: Kind
    before: Row | None
    after: Row | None

    def changed(self, columns: Sequence[str]) -> list[str]:
        """The columns whose value is not the same; none where a side has no row."""
        if self.before is None or self.after is None:
            return []
        sides = zip(columns, self.before[1:], self.after[1:], strict=True)
        return [column for column, before, after in sides if before != after]


def differences(form: Form, columns: Sequence[str], before: Iterable[Row], after: Iterable[Row]) -> Iterator[Change]:
    """Of the rows of one member; where the file has a row says nothing. Each side may be read twice.

    A case has no key: two are the same if all their values are, and as many equal ones are the same as both sides have.
    """
    if form.key:
        yield from _by_key(_key_of(form, columns), before, after)
    else:
        yield from _by_equality(before, after)


def _key_of(form: Form, columns: Sequence[str]) -> Callable[[Row], tuple[str, ...]]:
    """Case ignored, as where a row repeats another."""
    places = [columns.index(name) + 1 for name in form.key]

    def key(row: Row) -> tuple[str, ...]:
        return tuple(str(row[place] or "").casefold() for place in places)

    return key


def _by_key(key: Callable[[Row], tuple[str, ...]], before: Iterable[Row], after: Iterable[Row]) -> Iterator[Change]:
    left = {key(row): row for row in before}
    for row in after:
        known = left.pop(key(row), None)
        if known is None:
            yield Change("added", None, row)
        elif known[1:] != row[1:]:
            yield Change("changed", known, row)
    for row in left.values():
        yield Change("removed", row, None)


def _by_equality(before: Iterable[Row], after: Iterable[Row]) -> Iterator[Change]:
    """Of a million rows only their digests are held."""
    left = Counter(map(_digest, before))
    for row in after:
        if left.get(digest := _digest(row)):
            left[digest] -= 1
        else:
            yield Change("added", None, row)
    for row in before:
        if left.get(digest := _digest(row)):
            left[digest] -= 1
            yield Change("removed", row, None)


def _digest(row: Row) -> bytes:
    return blake2b(repr(row[1:]).encode(), digest_size=_DIGEST_BYTES).digest()
