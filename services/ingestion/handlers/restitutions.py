"""Restitutions into the SFTP folders: outside of the hearing, a loop makes the files of each issue that is whole."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence

import structlog

from services.ingestion.tables.restitutions import MadeFile, issue_to_lay, lay_issue
from shared.database import Database
from shared.events import IssuedEdition, RestitutionIssued
from shared.files import RENDERED
from shared.hearing import is_transient

log = structlog.get_logger()

_LOOK_SECONDS = 0.3
_REST_SECONDS = 30.0
_UNSAFE = re.compile(r"[^\w.-]")


def laying(database: Database) -> Callable[[], Awaitable[None]]:
    """The loop; it never returns by itself."""

    async def lay_as_they_come() -> None:
        while True:
            if not await _lay_patiently(database):
                await asyncio.sleep(_LOOK_SECONDS)

    return lay_as_they_come


async def _lay_patiently(database: Database) -> bool:
    try:
        return await lay_next(database)
    except Exception as error:
        tell = log.warning if is_transient(error) else log.critical
        tell("an issue is not laid in the folders", cause=repr(error)[:300])
        await asyncio.sleep(_LOOK_SECONDS if is_transient(error) else _REST_SECONDS)
        return False


async def lay_next(database: Database) -> bool:
    """The files of the oldest issue that is whole; whether there was one."""
    async with database.transaction() as work:
        found = await issue_to_lay(work)
    if found is None:
        return False
    day, parts = found
    files = await asyncio.to_thread(lambda: list(files_of(parts)))
    async with database.transaction() as work:
        await lay_issue(work, day, files)
    return True


def files_of(parts: Sequence[str]) -> Iterator[MadeFile]:
    """Each edition once, in each of its forms; equal documents give equal bytes."""
    heard = [RestitutionIssued.model_validate_json(part) for part in parts]
    once: dict[str, IssuedEdition] = {edition.number: edition for part in heard for edition in part.editions}
    for number, edition in sorted(once.items()):
        for end, render in RENDERED.items():
            yield MadeFile(f"{_UNSAFE.sub('_', number)}.{end}", render(edition.document))
