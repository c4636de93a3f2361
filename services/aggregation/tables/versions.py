"""Versions as they are kept: a row each, its lines as arrays, never changed; the newest of a key stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.aggregation.domain.versions import Counted, Key, Version
from shared.transaction import Transaction

_COLUMNS = (
    *("form", "period", "platform", "version", "submission", "received_on"),
    *("members", "line_nos", "departments", "regions", "m1", "m2", "m3", "comments"),
)
_KEPT = """
SELECT k.n, v.version FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:platforms AS text[]))
    WITH ORDINALITY AS k (form, period, platform, n)
JOIN version AS v ON (v.form, v.period, v.platform) = (k.form, k.period, k.platform)
"""
_COUNTED = """
SELECT k.n, v.regions, v.m1, v.m2, v.m3
FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:platforms AS text[]), CAST(:versions AS int[]))
    WITH ORDINALITY AS k (form, period, platform, version, n)
JOIN version AS v ON (v.form, v.period, v.platform, v.version) = (k.form, k.period, k.platform, k.version)
"""


async def lock_partitions(work: Transaction, partitions: Iterable[int]) -> None:
    """One fold at a time per partition, also while a worker that has lost it is still at it."""
    query = """
    SELECT pg_advisory_xact_lock(hashtext('aggregation-fold'), p)
    FROM (SELECT unnest(CAST(:partitions AS int[])) AS p ORDER BY 1) AS sorted
    """
    await work.execute(query, {"partitions": sorted(set(partitions))})


async def kept_versions(work: Transaction, keys: Iterable[Key]) -> dict[Key, set[int]]:
    """All versions of these keys that are known, standing or overtaken."""
    asked = sorted(set(keys))
    found: dict[Key, set[int]] = {}
    for row in await work.execute(_KEPT, _key_arrays(asked)):
        found.setdefault(asked[row.n - 1], set()).add(row.version)
    return found


async def counted_in(work: Transaction, versions: Mapping[Key, int]) -> list[tuple[Key, Counted]]:
    """What these versions have in the totals."""
    if not versions:
        return []
    keys = sorted(versions)
    asked = {**_key_arrays(keys), "versions": [versions[key] for key in keys]}
    rows = await work.execute(_COUNTED, asked)
    return [(keys[row.n - 1], Counted(row.regions, row.m1, row.m2, row.m3)) for row in rows]


async def keep_versions(work: Transaction, versions: Iterable[Version]) -> None:
    await work.copy("version", _COLUMNS, map(_row, versions))


def _row(version: Version) -> tuple[Any, ...]:
    lines = version.lines
    comments = lines.comments if any(lines.comments) else None
    return (
        *version.key, version.version, version.submission, version.received_on,
        lines.members, lines.numbers, lines.departments, *lines.counted, comments,
    )  # fmt: skip


def _key_arrays(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "forms": [key.form for key in keys],
        "periods": [key.period for key in keys],
        "platforms": [key.platform for key in keys],
    }
