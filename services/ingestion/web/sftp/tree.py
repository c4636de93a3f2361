"""The virtual tree of one platform as an SFTP client sees it: no links, no attributes, nothing of this machine."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_EXCL,
    FXF_TRUNC,
    FXF_WRITE,
    SFTPAttrs,
    SFTPFailure,
    SFTPFileAlreadyExists,
    SFTPName,
    SFTPNoSuchFile,
    SFTPOpUnsupported,
    SFTPPermissionDenied,
    SFTPServer,
    SSHServerChannel,
)

from services.ingestion.tables.laid import Laid
from services.ingestion.web.sftp.folder import Folder
from services.ingestion.web.sftp.places import (
    Place,
    entries_of_folder,
    entry_of_file,
    entry_of_folder,
    file_attributes,
    folder_attributes,
    normal,
    place_of,
)
from services.ingestion.web.sftp.shelves import Shelves
from services.ingestion.web.sftp.uploads import Replaced, TooScattered, Upload

_MOST_HANDLES = 32
_LARGEST_WRITE = 300 * 1024 * 1024
_UNKNOWN = "Ce fichier n’existe pas."
_NO_FOLDER = "Ce dossier n’existe pas."
_READ_ONLY = "Seul le dossier /depots reçoit des fichiers."


@dataclass(slots=True, eq=False)
class Writing:
    """An upload held open."""

    folder: Folder
    upload: Upload
    appends: bool


@dataclass(slots=True, eq=False)
class Reading:
    """A laid file held open, whole."""

    content: bytes
    attributes: SFTPAttrs


class Tree(SFTPServer):
    """One session of a platform: no path of it leads to another's files."""

    def __init__(
        self, channel: "SSHServerChannel[bytes]", shelves: Shelves, depots: Callable[[], Folder], sender: str
    ) -> None:
        super().__init__(channel)
        self.touched_at = time.monotonic()
        self._shelves, self._depots, self._sender = shelves, depots, sender
        self._held: set[Writing | Reading] = set()
        self._line_is_lost = False

    def lose(self) -> None:
        """What is closed from now on is not closed by the client."""
        self._line_is_lost = True

    def let_go(self) -> None:
        """The session is over; what it held open was cut."""
        self.lose()
        for held in list(self._held):
            self.close(held)

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> Writing | Reading:
        place = self._at(path)
        if len(self._held) >= _MOST_HANDLES:
            raise SFTPFailure("Trop de fichiers sont ouverts à la fois.")
        held = await (self._write_into(place, pflags) if pflags & FXF_WRITE else self._read_from(place))
        self._held.add(held)
        return held

    async def _write_into(self, place: Place, pflags: int) -> Writing:
        if place.folder != "depots" or not place.name:
            raise SFTPPermissionDenied(_READ_ONLY)
        folder = self._depots()
        upload = await folder.open(
            place.name,
            fresh=bool(pflags & FXF_TRUNC),
            create=bool(pflags & FXF_CREAT),
            exclusive=bool(pflags & FXF_CREAT and pflags & FXF_EXCL),
        )
        return Writing(folder, upload, bool(pflags & FXF_APPEND))

    async def _read_from(self, place: Place) -> Reading:
        laid = await self._find(place)
        content = await self._shelves.read(place)
        if content is None:
            raise SFTPPermissionDenied("Un fichier déposé ne se relit pas ici : la page des dépôts le rend.")
        return Reading(content, file_attributes(place, laid))

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        self._touch()
        if not isinstance(file_obj, Reading):
            raise SFTPPermissionDenied("Ce fichier n’est ouvert qu’en écriture.")
        return file_obj.content[offset : offset + size]

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        self._touch()
        if not isinstance(file_obj, Writing):
            raise SFTPPermissionDenied("Ce fichier n’est ouvert qu’en lecture.")
        at = file_obj.upload.size if file_obj.appends else offset
        if at + len(data) > _LARGEST_WRITE:
            raise SFTPFailure("Un fichier ne dépasse pas 256 Mio.")
        try:
            file_obj.folder.write(file_obj.upload, at, data)
        except Replaced:
            raise SFTPFailure("Ce fichier a été remplacé ou supprimé.") from None
        except TooScattered:
            raise SFTPFailure("Les morceaux du fichier arrivent trop dispersés.") from None
        return len(data)

    def close(self, file_obj: object) -> None:
        self._touch()
        if isinstance(file_obj, Writing | Reading):
            self._held.discard(file_obj)
        if isinstance(file_obj, Writing):
            file_obj.folder.close(file_obj.upload, by_sender=not self._line_is_lost, sender=self._sender)

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        place = self._at(path)
        if place.name or not await self._shelves.is_folder(place):
            raise SFTPNoSuchFile(_NO_FOLDER)
        for entry in entries_of_folder(place):
            yield entry
        for day in await self._shelves.days(place):
            yield entry_of_folder(str(day), Place(place.folder, day=day))
        for laid in await self._shelves.list(place, self._depots()) if place.folder else ():
            yield entry_of_file(place, laid)

    async def stat(self, path: bytes) -> SFTPAttrs:
        place = self._at(path)
        if place.name:
            return file_attributes(place, await self._find(place))
        if not await self._shelves.is_folder(place):
            raise SFTPNoSuchFile(_NO_FOLDER)
        return folder_attributes(place)

    async def lstat(self, path: bytes) -> SFTPAttrs:
        return await self.stat(path)

    async def fstat(self, file_obj: object) -> SFTPAttrs:
        self._touch()
        if isinstance(file_obj, Reading):
            return file_obj.attributes
        assert isinstance(file_obj, Writing)
        upload = file_obj.upload
        return file_attributes(Place("depots", upload.name), Laid(upload.name, upload.size, upload.changed_at))

    async def _find(self, place: Place) -> Laid:
        found = await self._shelves.find(place, self._depots()) if place.name else None
        if found is None:
            raise SFTPNoSuchFile(_UNKNOWN)
        return found

    def realpath(self, path: bytes) -> bytes:
        self._touch()
        return normal(path).encode()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Takes the place of what has the new name: a correction may come under the name of what it corrects."""
        old, new = self._at(oldpath), self._at(newpath)
        if {old.folder, new.folder} != {"depots"} or not (old.name and new.name):
            raise SFTPPermissionDenied(_READ_ONLY)
        await self._depots().rename(old.name, new.name, self._sender)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        await self.rename(oldpath, newpath)

    async def remove(self, path: bytes) -> None:
        place = self._at(path)
        if place.folder != "depots" or not place.name:
            raise SFTPPermissionDenied("Rien ne s’efface ailleurs que dans /depots.")
        await self._depots().remove(place.name)

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        self._touch()
        place = place_of(path)
        if not (place.name or place.day):
            raise SFTPFileAlreadyExists("Ce dossier existe déjà.")
        raise SFTPPermissionDenied("Aucun dossier ne s’ajoute.")

    def rmdir(self, path: bytes) -> None:
        raise SFTPPermissionDenied("Aucun dossier ne s’efface.")

    # Clients set times and rights after each upload, and would call it failed were they refused.

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        self._touch()
        if attrs.size is not None:
            raise SFTPOpUnsupported("La taille d’un fichier ne se change pas.")

    def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        self.setstat(path, attrs)

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        self._touch()
        if attrs.size is not None and isinstance(file_obj, Writing):
            file_obj.upload.declare(attrs.size)

    def fsync(self, file_obj: object) -> None:
        self._touch()

    def readlink(self, path: bytes) -> bytes:
        raise SFTPOpUnsupported("Il n’y a pas de liens ici.")

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        raise SFTPOpUnsupported("Il n’y a pas de liens ici.")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise SFTPOpUnsupported("Il n’y a pas de liens ici.")

    def statvfs(self, path: bytes) -> object:  # type: ignore[override]
        raise SFTPOpUnsupported("Il n’y a pas de disque ici.")

    def fstatvfs(self, file_obj: object) -> object:  # type: ignore[override]
        raise SFTPOpUnsupported("Il n’y a pas de disque ici.")

    def format_user(self, uid: int | None) -> str:
        return "pilotage"

    def format_group(self, gid: int | None) -> str:
        return "pilotage"

    def _at(self, path: bytes) -> Place:
        self._touch()
        return place_of(path)

    def _touch(self) -> None:
        self.touched_at = time.monotonic()
