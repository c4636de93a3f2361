"""A platform's /depots: uploads on their way until each is whole, and what was received of it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from asyncssh import SFTPFailure, SFTPFileAlreadyExists, SFTPNoSuchFile, SFTPPermissionDenied

from services.ingestion.domain.file_names import marked_by
from services.ingestion.tables.laid import VERDICT_ENDS, Laid, clear, find_laid, list_laid, piece_of
from services.ingestion.web.sftp.completeness import is_marker, is_vouched_for, marker_of, what_is_missing
from services.ingestion.web.sftp.publishing import Published, Publisher
from services.ingestion.web.sftp.uploads import Replaced, Upload

log = structlog.get_logger()

_UNKNOWN = "Ce fichier n’existe pas."
_BUSY = "Ce fichier est en cours d’examen : attendez son verdict."


class Folder:
    """Uploads live as long as their process; what was received is in PostgreSQL."""

    def __init__(self, platform: str, publisher: Publisher) -> None:
        self.platform = platform
        self._publisher = publisher
        self._settings = publisher.settings
        self._database = publisher.database
        self._uploads: dict[str, Upload] = {}
        self._judged: set[Upload] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._judging = asyncio.Lock()
        self._laying = asyncio.Lock()  # a verdict on what has changed meanwhile must not be laid

    async def list(self) -> list[Laid]:
        async with self._database.transaction(self.platform) as work:
            laid = {file.name: file for file in await list_laid(work, self.platform, "depots")}
        coming = {name: _seen(upload) for name, upload in self._uploads.items()}
        return list({**laid, **coming}.values())

    async def find(self, name: str) -> Laid | None:
        if (upload := self._uploads.get(name)) is not None:
            return _seen(upload)
        async with self._database.transaction(self.platform) as work:
            return await find_laid(work, self.platform, "depots", name)

    async def open(self, name: str, *, fresh: bool, create: bool, exclusive: bool) -> Upload:
        """For writing: from nothing, or from where it was left."""
        _refuse_verdict_name(name)
        laid = await self.find(name)
        if laid is None and not create:
            raise SFTPNoSuchFile(_UNKNOWN)
        if laid is not None and exclusive:
            raise SFTPFileAlreadyExists("Un fichier porte déjà ce nom.")
        upload = self._uploads.get(name)
        if upload is not None and upload.is_judged and not fresh:
            raise SFTPFailure(_BUSY)
        known = None if fresh else upload
        upload = known or self._begin(name)
        upload.open()
        try:
            if laid is not None and laid.submission is not None and not fresh:
                await self._refill(upload, laid)
            await self._clear(name)
        except BaseException:
            self.close(upload, by_sender=False, sender="")
            if known is None:
                self._drop(upload)
            raise
        return upload

    def _begin(self, name: str) -> Upload:
        if name in self._uploads:
            self._drop(self._uploads[name])
        elif len(self._uploads) >= self._settings.waiting_files:
            raise SFTPFailure("Trop de fichiers attendent d’être complets : achevez-les ou supprimez-les.")
        upload = self._uploads[name] = Upload(name)
        return upload

    async def _refill(self, upload: Upload, laid: Laid) -> None:
        """A file already received is taken up where it ended."""
        assert laid.submission is not None
        n = 0
        async with self._database.transaction(self.platform) as work:
            while piece := await piece_of(work, laid.submission, n):
                upload.write(upload.size, piece)
                n += 1
        if upload.size != laid.size:
            raise SFTPFailure("Ce fichier n’est plus gardé : envoyez-le en entier.")

    async def _clear(self, *names: str) -> None:
        async with self._laying, self._database.transaction(self.platform) as work:
            for name in sorted(names):
                await clear(work, self.platform, name)

    def write(self, upload: Upload, offset: int, data: bytes) -> None:
        waiting = sum(one.size for one in {*self._uploads.values(), *self._judged})
        if waiting + max(0, offset + len(data) - upload.size) > self._settings.waiting_bytes:
            raise SFTPFailure("Trop d’octets attendent d’être complets : achevez les envois en cours.")
        upload.write(offset, data)

    def close(self, upload: Upload, *, by_sender: bool, sender: str) -> None:
        upload.close(by_sender=by_sender)
        self._consider(upload, sender)

    async def rename(self, old: str, new: str, sender: str) -> None:
        """From any other name to the one that counts: the sender says that the file is whole."""
        _refuse_verdict_name(new)
        if old not in self._uploads:
            known = await self.find(old)
            raise SFTPPermissionDenied("Un fichier reçu garde son nom.") if known else SFTPNoSuchFile(_UNKNOWN)
        await self._clear(old, new)
        upload, taken = self._uploads.get(old), self._uploads.get(new)
        if upload is None or not upload.is_at_rest or (taken is not None and not taken.is_at_rest):
            raise SFTPFailure("Ce fichier est encore ouvert, ou en cours d’examen.")
        if old != new:
            if taken is not None:
                self._drop(taken)
            self._uploads[new] = self._uploads.pop(old)
        upload.rename(new)
        self._consider(upload, sender, renamed=True)

    async def remove(self, name: str) -> None:
        """What is on its way is forgotten; what was received stays so, and only leaves the folder."""
        if await self.find(name) is None:
            raise SFTPNoSuchFile(_UNKNOWN)
        upload = self._uploads.get(name)
        if upload is not None and upload.is_judged:
            raise SFTPFailure(_BUSY)
        if upload is not None:
            self._drop(upload)
        await self._clear(name)

    def _consider(self, upload: Upload, sender: str, *, renamed: bool = False) -> None:
        """What was closed or renamed may be whole now, or tell that another file is."""
        if is_marker(upload.name):
            marked = self._uploads.get(marked_by(upload.name) or "")
            if marked is not None and upload.is_whole:
                self._consider(marked, sender)
        elif upload.is_at_rest and self._is_current(upload):
            upload.stir()
            self._later(self._settle_unless_replaced(upload, sender, renamed=renamed))

    async def _settle_unless_replaced(self, upload: Upload, sender: str, *, renamed: bool) -> None:
        with suppress(Replaced):
            await self._settle(upload, sender, renamed=renamed)

    async def _settle(self, upload: Upload, sender: str, *, renamed: bool) -> None:
        """Publishes at once what its sender vouches for, and what was left alone for a while."""
        stirred = upload.stirred
        if not await is_vouched_for(upload, self._uploads, renamed=renamed):
            if not upload.is_cut:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stirred.wait(), self._settings.quiet_seconds)
            missing = None if stirred.is_set() else await what_is_missing(upload, self._uploads)
            if missing is not None:
                await self._tell_incomplete(upload, stirred, missing)
                return
        if self._is_still(upload, stirred):
            upload.is_judged = True
            self._judged.add(upload)
            await self._publish(upload, sender)

    def _is_current(self, upload: Upload) -> bool:
        return self._uploads.get(upload.name) is upload

    def _is_still(self, upload: Upload, stirred: asyncio.Event) -> bool:
        return not stirred.is_set() and upload.is_at_rest and self._is_current(upload)

    async def _tell_incomplete(self, upload: Upload, stirred: asyncio.Event, missing: str) -> None:
        async with self._laying:
            if self._is_still(upload, stirred):
                await self._publisher.tell_incomplete(self.platform, upload, missing)

    async def _publish(self, upload: Upload, sender: str) -> None:
        """One after the other, in the order in which they became whole."""
        for end in (".sha256", ".done"):
            if (marker := marker_of(upload, end, self._uploads)) is not None:
                self._drop(marker)
        try:
            async with self._judging:
                await self._lay(upload, await self._publisher.receive(self.platform, upload, sender))
        except Exception:
            upload.is_judged = False
            await self._tell_incomplete(upload, upload.stirred, "failed")
        finally:
            self._judged.discard(upload)

    async def _lay(self, upload: Upload, published: Published) -> None:
        """What has overtaken it under its name gets a verdict of its own."""
        async with self._laying:
            await self._publisher.lay(self.platform, upload, published, beside=self._is_current(upload))
            self._drop(upload, finished=True)

    def _drop(self, upload: Upload, *, finished: bool = False) -> None:
        """One that is being judged is let go of when it has its verdict."""
        if self._is_current(upload):
            del self._uploads[upload.name]
        if finished or not upload.is_judged:
            upload.discard()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("an upload cannot be settled", platform=self.platform, cause=repr(error)[:500])

    def forget_old(self, now: datetime) -> bool:
        """Lets go of what nobody came back for; says whether anything is left."""
        oldest = now - timedelta(hours=self._settings.kept_hours)
        for upload in list(self._uploads.values()):
            if upload.is_at_rest and upload.changed_at < oldest:
                self._drop(upload)
        return bool(self._uploads or self._tasks)

    async def finish(self, patience: float) -> None:
        """What is being judged gets its verdict before the process ends; the rest is lost with it."""
        if self._judged or (self._tasks and self._settings.quiet_seconds < patience):
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        for upload in list(self._uploads.values()):
            upload.discard()


def _refuse_verdict_name(name: str) -> None:
    if name.endswith(VERDICT_ENDS):
        raise SFTPPermissionDenied("Ce nom est celui d’un verdict.")


def _seen(upload: Upload) -> Laid:
    return Laid(upload.name, upload.size, upload.changed_at)
