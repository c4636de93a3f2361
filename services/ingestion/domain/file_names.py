"""File names: what the name of a file sent by SFTP says of it, `{form}_{platform}_{period}[_anything].{kind}`."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from services.ingestion.domain.verdicts import Error, refusal

_KINDS = r"\.(?:csv|xlsx|ods|json)"
_NAME = re.compile(r"(?P<form>[^_]+)_(?P<platform>.+?)_(?P<period>[^_.]+)(?:_.*)?" + _KINDS, re.IGNORECASE | re.DOTALL)
_TEMPORARY = re.compile(
    r"[.~].+|.+~|.+\.(?:part|filepart|partial|tmp|temp|upload|uploading|filetransfer|crdownload)", re.IGNORECASE
)
_MARKERS = (".sha256", ".done")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: the form's code where there is such a form, the period as written."""

    form: str | None = None
    period: str = ""
    error: Error | None = None


def read_name(name: str, platform: str, forms: Collection[str]) -> Named:
    """Codes in any case; a form that does not exist, and another's platform, are not the sender's to send."""
    read = _of(platform).fullmatch(name) or _NAME.fullmatch(name)
    if read is None:
        return Named(error=refusal("bad_file_name", value=name))
    form, period = read["form"].lower(), read["period"].upper()
    known = form if form in forms else None
    if known is None or read["platform"].upper() != platform.upper():
        return Named(known, period, refusal("not_allowed", value=name))
    return Named(known, period)


def _of(platform: str) -> re.Pattern[str]:
    """A platform's code may hold the underscore that parts the name."""
    return re.compile(_NAME.pattern.replace(".+?", re.escape(platform)), _NAME.flags)


def is_temporary(name: str) -> bool:
    """A name that says itself that the file will have another one."""
    return _TEMPORARY.fullmatch(name) is not None


def marked_by(name: str) -> str | None:
    """The file that a marker (`.sha256`, `.done`) stands beside."""
    kind = next((end for end in _MARKERS if name.lower().endswith(end)), None)
    return name[: -len(kind)] if kind and len(name) > len(kind) else None
