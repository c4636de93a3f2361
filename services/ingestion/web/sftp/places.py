"""Places of the virtual tree: where a path leads, and what a client is shown of what is there."""

import posixpath
import stat
from dataclasses import dataclass
from datetime import UTC, date, datetime

from asyncssh import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR, SFTPAttrs, SFTPName, SFTPNoSuchFile

from services.ingestion.tables.laid import VERDICT_ENDS, Laid

FOLDERS = ("depots", "accuses", "restitutions")
_LONGEST_NAME = 200
_NO_FOLDER = "Ce dossier n’existe pas."


@dataclass(frozen=True, slots=True)
class Place:
    """The root, one of its folders, or a name in one; restitutions have a folder per day of issue."""

    folder: str = ""
    name: str = ""
    day: date | None = None


def normal(path: bytes) -> str:
    """`..` never leaves the tree; a name that is not UTF-8 stays a name, otherwise spelt."""
    text = path.decode("utf-8", "backslashreplace")
    return "/" + posixpath.normpath(posixpath.join("/", text)).lstrip("/")


def place_of(path: bytes) -> Place:
    """Raises SFTPNoSuchFile for what is nowhere in the tree."""
    parts = [part for part in normal(path).split("/") if part]
    if not parts:
        return Place()
    folder, *inside = parts
    day = _day_named(inside.pop(0)) if folder == "restitutions" and inside else None
    if folder not in FOLDERS or len(inside) > 1:
        raise SFTPNoSuchFile(_NO_FOLDER)
    name = inside[0] if inside else ""
    if len(name) > _LONGEST_NAME or (name and not name.isprintable()):
        raise SFTPNoSuchFile("Ce nom n’est pas permis.")
    return Place(folder, name, day)


def _day_named(text: str) -> date:
    """« 2005-05-01 », written so and not otherwise."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise SFTPNoSuchFile(_NO_FOLDER) from None
    if str(day) != text:
        raise SFTPNoSuchFile(_NO_FOLDER)
    return day


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
    above = Place(place.folder) if place.day else Place()
    inner = () if place.folder else FOLDERS
    return [entry_of_folder(".", place), entry_of_folder("..", above), *(entry_of_folder(f, Place(f)) for f in inner)]


def entry_of_folder(name: str, place: Place) -> SFTPName:
    return SFTPName(name.encode(), attrs=folder_attributes(place))


def entry_of_file(place: Place, laid: Laid) -> SFTPName:
    return SFTPName(laid.name.encode(), attrs=file_attributes(place, laid))
