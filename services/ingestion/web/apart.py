"""Apart: files looked at for a page, in a child process that no judging waits for."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, BinaryIO

from services.ingestion.domain.excerpts import Excerpt, Wanted, excerpt
from services.ingestion.domain.glances import Glance, glance
from services.ingestion.tables.sent import Bytes
from shared.children import ChildFailed, Children, Job
from shared.forms import FORMS

# Somebody looks at an empty page meanwhile.
_LONGEST_SECONDS = 10.0


@cache
def _children() -> Children:
    return Children(number=1, silence=_LONGEST_SECONDS)


async def glance_apart(content: Bytes) -> Glance:
    """What takes its reader's memory or time shows nothing."""
    found = await _done(_glance, content, None)
    return found[0] if found else Glance()


async def excerpt_apart(content: Bytes, wanted: Wanted) -> Excerpt | None:
    found = await _done(_excerpt, content, wanted)
    return found[0] if found else None


async def _done(job: Job, content: Bytes, argument: object) -> list[Any]:
    found: list[Any] = []
    try:
        await _children().run(job, content.file, argument, found.append)
    except ChildFailed:
        return []
    return found


def _glance(file: BinaryIO, _: object) -> Iterable[Glance]:
    yield glance(file, FORMS.values())


def _excerpt(file: BinaryIO, wanted: Wanted) -> Iterator[Excerpt]:
    yield excerpt(file, wanted)
