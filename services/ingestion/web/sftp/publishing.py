"""Publishing: what is whole is received like any submission, and its verdict and receipt are laid in the folders."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from services.ingestion.domain.file_names import read_name
from services.ingestion.settings import SftpSettings
from services.ingestion.tables.laid import VERDICT_ENDS, ToLay, lay
from services.ingestion.tables.models import Submission
from services.ingestion.tables.receipts import receipt_of
from services.ingestion.tables.receiving import Received, Reception, receive
from services.ingestion.tables.sent import NO_FORM, Sent
from services.ingestion.tables.submissions import errors_of
from services.ingestion.web.api import ERRORS_SHOWN
from services.ingestion.web.sftp.uploads import Upload
from services.ingestion.web.sftp.verdicts import Told, incomplete, judged
from shared.database import Database
from shared.forms import FORMS
from shared.hearing import is_transient

log = structlog.get_logger()

T = TypeVar("T")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Published:
    """What became of an upload; `signed` is its receipt."""

    submission: Submission
    told: Told
    signed: bytes | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """How this door receives: at which room, with which limits, and where the pages are."""

    reception: Reception
    settings: SftpSettings
    base_url: str

    @property
    def database(self) -> Database:
        return self.reception.database

    async def receive(self, platform: str, upload: Upload, sender: str) -> Published:
        """Judges and keeps it."""
        sent = await self._sent(platform, upload, sender)
        received = await _patiently(platform, lambda: receive(self.reception, sent))
        return await _patiently(platform, lambda: self._told(platform, received))

    async def _sent(self, platform: str, upload: Upload, sender: str) -> Sent:
        named = read_name(upload.name, platform, FORMS)
        return Sent(
            platform=platform,
            form=FORMS[named.form] if named.form else NO_FORM,
            period=named.period,
            content=await asyncio.to_thread(upload.taken),
            file_name=upload.name,
            door="sftp",
            sent_by=sender,
            found=named.error,
        )

    async def _told(self, platform: str, received: Received) -> Published:
        submission, errors = received.submission, received.first_errors[:ERRORS_SHOWN]
        async with self.database.transaction(platform) as work:
            if submission.error_count and not errors:
                errors = tuple(await errors_of(work, submission.id, many=ERRORS_SHOWN))
            signed = await receipt_of(work, submission.id)
        told = judged(submission, errors, is_new=received.is_new, base_url=self.base_url)
        return Published(submission, told, signed)

    async def lay(self, platform: str, upload: Upload, published: Published, *, beside: bool) -> None:
        """The receipt, and beside the file its verdict."""
        submission, files = published.submission, list[ToLay]()
        if published.signed is not None:
            name = f"recu-{submission.number}.json"
            files.append(ToLay("accuses", name, published.signed, len(published.signed), None, submission.id))
        if beside:
            shown = timedelta(days=self.settings.shown_days)
            files.append(ToLay("depots", upload.name, None, upload.size, shown, submission.id))
            files += _verdict_files(upload.name, published.told, shown)
        await _patiently(platform, lambda: self._put(platform, files))

    async def _put(self, platform: str, files: Sequence[ToLay]) -> None:
        async with self.database.transaction(platform) as work:
            await lay(work, platform, files)

    async def tell_incomplete(self, platform: str, upload: Upload, reason: str) -> None:
        """Beside what has come so far; both go when its time is over."""
        hours = self.settings.kept_hours
        told = incomplete(upload.name, upload.size, reason, hours)
        files = _verdict_files(upload.name, told, timedelta(hours=hours))
        await _patiently(platform, lambda: self._put(platform, files))


async def _patiently(platform: str, act: Callable[[], Awaitable[T]]) -> T:
    """As often as it takes while the database is away: whoever sent the file is gone."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return await act()
        except Exception as error:
            if not is_transient(error):
                log.critical("a file cannot be received", platform=platform, cause=repr(error)[:500])
                raise
            log.warning("a file waits for the database", platform=platform, cause=repr(error)[:200])
        await asyncio.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)


def _verdict_files(name: str, told: Told, stays: timedelta) -> list[ToLay]:
    contents = zip(VERDICT_ENDS, (told.as_json, told.as_text), strict=True)
    return [ToLay("depots", name + end, content, len(content), stays) for end, content in contents]
