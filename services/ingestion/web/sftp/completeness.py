"""Completeness: whether a file that was closed is the whole one, by what stands beside it and by its name."""

import asyncio
import re
from collections.abc import Mapping

from services.ingestion.domain.file_names import is_temporary, marked_by
from services.ingestion.web.sftp.uploads import Upload

_SUM = re.compile(rb"\\?([0-9a-fA-F]{64})(?![0-9a-fA-F])")
_MARKER_BYTES = 4096

Beside = Mapping[str, Upload]


def marker_of(upload: Upload, end: str, beside: Beside) -> Upload | None:
    """The `.sha256` or `.done` that has come for it."""
    wanted = (upload.name + end).lower()
    found = next((one for name, one in beside.items() if name.lower() == wanted), None)
    return found if found is not None and found.is_whole else None


async def _has_right_sum(upload: Upload, beside: Beside) -> bool | None:
    """None where no sum has come."""
    if (marker := marker_of(upload, ".sha256", beside)) is None:
        return None
    said = _SUM.match(marker.start(_MARKER_BYTES).removeprefix(b"\xef\xbb\xbf").strip())
    content = await asyncio.to_thread(upload.taken)
    return said is not None and said[1].decode().lower() == content.sha256


async def is_vouched_for(upload: Upload, beside: Beside, *, renamed: bool) -> bool:
    """Its sender says that nothing more comes: no need to wait."""
    if upload.is_too_large:
        return True
    if not upload.is_whole or is_temporary(upload.name):
        return False
    right = await _has_right_sum(upload, beside)
    is_said = renamed or upload.has_declared_size or marker_of(upload, ".done", beside) is not None
    return bool(right) or (right is None and is_said)


async def what_is_missing(upload: Upload, beside: Beside) -> str | None:
    """Why a file that has been quiet is not taken; None where it is."""
    if upload.is_cut:
        return "cut"
    if not upload.is_whole:
        return "holes"
    if is_temporary(upload.name):
        return "temporary"
    if await _has_right_sum(upload, beside) is False:
        return "sum"
    return "unsure" if upload.may_go_on else None


def is_marker(name: str) -> bool:
    return marked_by(name) is not None
