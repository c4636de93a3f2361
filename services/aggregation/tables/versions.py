"""Versions as they are kept: a row each, its lines in it as JSON, never changed; the newest of a key stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from services.aggregation.domain.versions import Key, Lines, Version
from shared.transaction import Transaction

_COLUMNS = ("form", "period", "platform", "version", "submission", "received_on", "lines", "to_confirm")
_KEPT = """
SELECT k.n, v.version
FROM unnest(string_to_array(:forms, chr(31)), string_to_array(:periods, chr(31)), string_to_array(:platforms, chr(31)))
    WITH ORDINALITY AS k (form, period, platform, n)
JOIN version AS v ON (v.form, v.period, v.platform) = (k.form, k.period, k.platform)
"""
_LINES = """
SELECT k.n, CAST(v.lines AS text) AS lines
FROM unnest(string_to_array(:forms, chr(31)), string_to_array(:periods, chr(31)), string_to_array(:platforms, chr(31)),
            CAST(:versions AS int[]))
    WITH ORDINALITY AS k (form, period, platform, version, n)
JOIN version AS v ON (v.form, v.period, v.platform, v.version) = (k.form, k.period, k.platform, k.version)
"""

_PARTED = chr(31)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Lines).decode


def written(lines: Lines) -> str:
    """The lines of a version as they are kept."""
    return _encode(lines).decode()


def unwritten(text: str) -> Lines:
    return _decode(text)


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


async def lines_of(work: Transaction, versions: Mapping[Key, int]) -> list[tuple[Key, Lines]]:
    """What these versions have in the totals."""
    if not versions:
        return []
    keys = sorted(versions)
    asked = {**_key_arrays(keys), "versions": [versions[key] for key in keys]}
    return [(keys[row.n - 1], unwritten(row.lines)) for row in await work.execute(_LINES, asked)]


async def keep_versions(work: Transaction, versions: Iterable[Version]) -> None:
    await work.copy("version", _COLUMNS, map(_row, versions))


def _row(version: Version) -> tuple[Any, ...]:
    key, *rest = version
    number, submission, received_on, lines, _, to_confirm = rest
    return (*key, number, submission, received_on, lines, to_confirm)


def _key_arrays(keys: Sequence[Key]) -> dict[str, Any]:
    """As texts: the driver looks at each element of an array three times."""
    return {
        "forms": _PARTED.join([key.form for key in keys]),
        "periods": _PARTED.join([key.period for key in keys]),
        "platforms": _PARTED.join([key.platform for key in keys]),
    }
