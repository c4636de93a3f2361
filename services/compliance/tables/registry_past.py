"""The registry as it was known: its versions, who made them and why, and the network that each of them told."""

from collections import OrderedDict
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from shared.clock import midnight
from shared.network import Network
from shared.readings import NoRegistry, network_as_of, read_network, registry_version
from shared.transaction import Transaction

_COLUMNS = "SELECT version, recorded_at, recorded_by, reason FROM registry_version"
_KNOWN_AT = f"{_COLUMNS} WHERE recorded_at < :moment ORDER BY version DESC LIMIT 1"
_ONE = f"{_COLUMNS} WHERE version = :version"
_ALL = f"{_COLUMNS} ORDER BY version DESC LIMIT :limit OFFSET :offset"
_TOUCHED = """
SELECT version, kind, code, removed FROM registry_history
WHERE version = ANY(:versions) AND kind <> 'registry' ORDER BY version DESC, kind, code LIMIT :most
"""
_COUNTED = """
SELECT version, count(*) AS subjects FROM registry_history
WHERE version = ANY(:versions) AND kind <> 'registry' GROUP BY version
"""
_OF_SUBJECT = """
SELECT history.version, removed, body, recorded_at, recorded_by, reason
FROM registry_history AS history JOIN registry_version USING (version)
WHERE kind = :kind AND code = :code ORDER BY history.version DESC
"""
_CACHED = 8
_past: MutableMapping[Any, OrderedDict[int, Network]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the registry: when it was recorded, by whom and why."""

    version: int
    recorded_at: datetime
    recorded_by: str
    reason: str


def _version(row: Any) -> Version:
    return Version(row.version, row.recorded_at, row.recorded_by, row.reason)


class NotKnownYet(LookupError):
    """No registry had been recorded by the day asked for."""


async def version_known_on(work: Transaction, known_on: date | None) -> Version:
    """The last one recorded before that day ended in Paris, NotKnownYet where none was; or of all, else NoRegistry."""
    if known_on is None:
        found = await work.execute(_ONE, {"version": await registry_version(work)})
    else:
        found = await work.execute(_KNOWN_AT, {"moment": midnight(known_on + timedelta(days=1))})
    row = found.one_or_none()
    if row is None:
        raise NoRegistry if known_on is None else NotKnownYet
    return _version(row)


async def network_at(work: Transaction, version: int) -> Network:
    """The network that a version told; the last few asked for are kept in memory."""
    if version == await registry_version(work):
        return await read_network(work)
    kept = _past.setdefault(work.session.bind, OrderedDict())
    if version not in kept:
        kept[version] = await network_as_of(work, version)
        if len(kept) > _CACHED:
            kept.popitem(last=False)
    kept.move_to_end(version)
    return kept[version]


async def document_at(work: Transaction, version: int) -> Any:
    """The document as it was recorded, whatever it says beside what is read."""
    return (
        await work.execute("SELECT document FROM registry_version WHERE version = :version", {"version": version})
    ).scalar_one_or_none()


async def count_versions(work: Transaction) -> int:
    return int((await work.execute("SELECT count(*) FROM registry_version")).scalar_one())


async def list_versions(work: Transaction, limit: int, offset: int) -> list[Version]:
    """The newest first."""
    return [_version(row) for row in await work.execute(_ALL, {"limit": limit, "offset": offset})]


async def touched_by(work: Transaction, versions: Sequence[int], most: int) -> Sequence[Any]:
    """Subjects that these versions changed (version, kind, code, removed), at most so many."""
    return (await work.execute(_TOUCHED, {"versions": list(versions), "most": most})).all()


async def count_touched(work: Transaction, versions: Sequence[int]) -> dict[int, int]:
    rows = await work.execute(_COUNTED, {"versions": list(versions)})
    return {row.version: row.subjects for row in rows}


async def versions_of(work: Transaction, kind: str, code: str) -> Sequence[Any]:
    """Every version of one subject, the newest first, with who made it, when and why."""
    return (await work.execute(_OF_SUBJECT, {"kind": kind, "code": code})).all()
