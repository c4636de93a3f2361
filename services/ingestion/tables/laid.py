"""What lies in a platform's SFTP folders: files and verdicts, receipts; and the host key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.transaction import Transaction

KeptFolder = Literal["depots", "accuses"]
VERDICT_ENDS = (".verdict.json", ".verdict.txt")

_LAY = """
INSERT INTO sftp_file (platform, folder, name, size, content, submission, gone_at)
VALUES (:platform, :folder, :name, :size, :content, :submission,
        now() + CAST(:seconds AS double precision) * interval '1 second')
ON CONFLICT (platform, folder, name) DO UPDATE
SET size = excluded.size, content = excluded.content, submission = excluded.submission,
    laid_at = now(), gone_at = excluded.gone_at
"""
_SEEN = "platform = :platform AND (gone_at IS NULL OR gone_at > now())"
_LIST = f"SELECT name, size, laid_at FROM sftp_file WHERE {_SEEN} AND folder = :folder ORDER BY name"
_FIND = f"SELECT name, size, laid_at, submission FROM sftp_file WHERE {_SEEN} AND folder = :folder AND name = :name"
_READ = f"SELECT content FROM sftp_file WHERE {_SEEN} AND folder = :folder AND name = :name"
_CLEAR = "DELETE FROM sftp_file WHERE platform = :platform AND folder = 'depots' AND name = ANY(:names)"
_FORGET = "DELETE FROM sftp_file WHERE platform = :platform AND gone_at <= now()"
_PIECE = "SELECT content FROM submission_file WHERE submission = :submission AND n = :n"


@dataclass(frozen=True, slots=True)
class Laid:
    """A file as the folder shows it."""

    name: str
    size: int
    laid_at: datetime
    submission: UUID | None = None


@dataclass(frozen=True, slots=True)
class ToLay:
    """A file to put into a folder; without content only its size is shown. stays: None = for ever."""

    folder: KeptFolder
    name: str
    content: bytes | None
    size: int
    stays: timedelta | None
    submission: UUID | None = None


async def lay(work: Transaction, platform: str, files: Sequence[ToLay]) -> None:
    """Replaces what has the same name; what has had its time goes."""
    await work.execute(_FORGET, {"platform": platform})
    for file in sorted(files, key=lambda file: (file.folder, file.name)):
        place = {"platform": platform, "folder": file.folder, "name": file.name, "submission": file.submission}
        seconds = None if file.stays is None else file.stays.total_seconds()
        await work.execute(_LAY, {**place, "size": file.size, "content": file.content, "seconds": seconds})


async def clear(work: Transaction, platform: str, name: str) -> None:
    """The file of that name and its verdict are no longer in /depots; the submission stays what it is."""
    names = [name, *(name + end for end in VERDICT_ENDS)]
    await work.execute(_CLEAR, {"platform": platform, "names": names})


async def list_laid(work: Transaction, platform: str, folder: KeptFolder) -> list[Laid]:
    rows = await work.execute(_LIST, {"platform": platform, "folder": folder})
    return [Laid(row.name, row.size, row.laid_at) for row in rows]


async def find_laid(work: Transaction, platform: str, folder: KeptFolder, name: str) -> Laid | None:
    row = (await work.execute(_FIND, {"platform": platform, "folder": folder, "name": name})).one_or_none()
    return Laid(row.name, row.size, row.laid_at, row.submission) if row else None


async def read_laid(work: Transaction, platform: str, folder: KeptFolder, name: str) -> bytes | None:
    """None where nothing lies there, or where what lies there is not for reading."""
    content: bytes | None = (
        await work.execute(_READ, {"platform": platform, "folder": folder, "name": name})
    ).scalar_one_or_none()
    return content


async def piece_of(work: Transaction, submission: UUID, n: int) -> bytes | None:
    """A piece of the bytes kept of a submission; None behind the last."""
    found = await work.execute(_PIECE, {"submission": submission, "n": n})
    content: bytes | None = found.scalar_one_or_none()
    return content


async def keep_host_key(work: Transaction, made: str) -> str:
    """The key kept; the one just made where there was none. Several processes that start at once get the same."""
    await work.execute("INSERT INTO sftp_host_key (private_key) VALUES (:made) ON CONFLICT DO NOTHING", {"made": made})
    return str((await work.execute("SELECT private_key FROM sftp_host_key")).scalar_one())
