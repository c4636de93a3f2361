"""Places of the virtual tree: where a path leads, and what a client is shown of what is there."""

import posixpath
import stat
from dataclasses import dataclass
from datetime import UTC, datetime

from asyncssh import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR, SFTPAttrs, SFTPName, SFTPNoSuchFile

from services.ingestion.tables.laid import VERDICT_ENDS, Laid

FOLDERS = ("depots", "accuses", "restitutions")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Place:
    """The root, one of its folders, or a name in one."""

    folder: str = ""
    name: str = ""


def normal(path: bytes) -> str:
    """`..` never leaves the tree; a name that is not UTF-8 stays a name, otherwise spelt."""
    text = path.decode("utf-8", "backslashreplace")
    return "/" + posixpath.normpath(posixpath.join("/", text)).lstrip("/")


def place_of(path: bytes) -> Place:
    """Raises SFTPNoSuchFile for what is nowhere in the tree."""
    parts = [part for part in normal(path).split("/") if part]
    if not parts:
        return Place()
    if parts[0] not in FOLDERS or len(parts) > 2:
        raise SFTPNoSuchFile("Ce dossier n’existe pas.")
    name = parts[1] if len(parts) == 2 else ""
    if len(name) > _LONGEST_NAME or (name and not name.isprintable()):
        raise SFTPNoSuchFile("Ce nom n’est pas permis.")
    return Place(parts[0], name)


def folder_attributes(place: Place) -> SFTPAttrs:
    mode = 0o700 if place.folder == "depots" else 0o500
    now = int(datetime.now(UTC).timestamp())
    return _attributes(FILEXFER_TYPE_DIRECTORY, stat.S_IFDIR | mode, 0, now)


def file_attributes(place: Place, laid: Laid) -> SFTPAttrs:
    is_read = place.folder != "depots" or laid.name.endswith(VERDICT_ENDS)
    mode = 0o400 if is_read else 0o200
    return _attributes(FILEXFER_TYPE_REGULAR, stat.S_IFREG | mode, laid.size, int(laid.laid_at.timestamp()))


def _attributes(kind: int, mode: int, size: int, time: int) -> SFTPAttrs:
    return SFTPAttrs(type=kind, size=size, uid=0, gid=0, permissions=mode, atime=time, mtime=time, nlink=1)


def entries_of_folder(place: Place) -> list[SFTPName]:
    """What every folder holds, and the root its folders."""
    names = [".", "..", *([] if place.folder else FOLDERS)]
    places = [place, Place(), *(Place(folder) for folder in FOLDERS)]
    return [SFTPName(name.encode(), attrs=folder_attributes(at)) for name, at in zip(names, places, strict=False)]


def entry_of_file(place: Place, laid: Laid) -> SFTPName:
    return SFTPName(laid.name.encode(), attrs=file_attributes(place, laid))
