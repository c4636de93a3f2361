"""Standing versions and their lines; what is overtaken is kept, so that a past day can be read again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.aggregation.domain.figures import Figures
from services.aggregation.domain.versions import Key, Version
from shared.transaction import Transaction

_KEYS = (
    "unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:platforms AS text[])) AS k(form, period, platform)"
)
_OF_KEY = "(t.form, t.period, t.platform) = (k.form, k.period, k.platform)"
_STANDING = f"SELECT t.form, t.period, t.platform, t.version FROM standing AS t JOIN {_KEYS} ON {_OF_KEY}"
_RETIRE_VERSIONS = f"""
INSERT INTO superseded (form, period, platform, version, submission, received_on)
SELECT t.form, t.period, t.platform, t.version, t.submission, t.received_on FROM standing AS t JOIN {_KEYS} ON {_OF_KEY}
"""
_RETIRE_LINES = f"""
WITH gone AS (DELETE FROM line AS t USING {_KEYS} WHERE {_OF_KEY} RETURNING t.*),
kept AS (
    INSERT INTO superseded_line
        (form, period, platform, member, version, line_no, department, region, m1, m2, m3, comment)
    SELECT form, period, platform, member, version, line_no, department, region, m1, m2, m3, comment FROM gone)
SELECT form, period, platform, region, m1, m2, m3 FROM gone
"""
_VERSIONS = """
SELECT * FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:platforms AS text[]),
                     CAST(:versions AS int[]), CAST(:submissions AS uuid[]), CAST(:received AS date[]))
"""
_STAND = f"""
INSERT INTO standing (form, period, platform, version, submission, received_on) {_VERSIONS}
ON CONFLICT (form, period, platform) DO UPDATE
SET version = excluded.version, submission = excluded.submission, received_on = excluded.received_on
"""
_REMEMBER = f"""
INSERT INTO superseded (form, period, platform, version, submission, received_on) {_VERSIONS}
ON CONFLICT DO NOTHING
"""
_LINES = """
(form, period, platform, member, version, line_no, department, region, m1, m2, m3, comment)
SELECT * FROM unnest(CAST(:forms AS text[]), CAST(:periods AS text[]), CAST(:platforms AS text[]),
                     CAST(:members AS text[]), CAST(:versions AS int[]), CAST(:numbers AS int[]),
                     CAST(:departments AS text[]), CAST(:regions AS text[]),
                     CAST(:m1 AS bigint[]), CAST(:m2 AS bigint[]), CAST(:m3 AS bigint[]), CAST(:comments AS text[]))
"""


class Retired(NamedTuple):
    """A line that no longer counts."""

    key: Key
    region: str | None
    figures: Figures


async def lock_partitions(work: Transaction, partitions: Iterable[int]) -> None:
    """One fold at a time per partition, also while a worker that has lost it is still at it."""
    query = """
    SELECT pg_advisory_xact_lock(hashtext('aggregation-fold'), p)
    FROM (SELECT unnest(CAST(:partitions AS int[])) AS p ORDER BY 1) AS sorted
    """
    await work.execute(query, {"partitions": sorted(set(partitions))})


async def standing_versions(work: Transaction, keys: Iterable[Key]) -> dict[Key, int]:
    rows = await work.execute(_STANDING, _key_arrays(sorted(set(keys))))
    return {Key(row.form, row.period, row.platform): row.version for row in rows}


async def retire(work: Transaction, keys: Sequence[Key]) -> list[Retired]:
    """Takes away the standing lines of these keys and keeps them as superseded."""
    if not keys:
        return []
    await work.execute(_RETIRE_VERSIONS, _key_arrays(keys))
    rows = await work.execute(_RETIRE_LINES, _key_arrays(keys))
    return [Retired(Key(row.form, row.period, row.platform), row.region, (row.m1, row.m2, row.m3)) for row in rows]


async def let_stand(work: Transaction, versions: Sequence[Version]) -> None:
    if versions:
        await work.execute(_STAND, _version_arrays(versions))
        await work.execute(f"INSERT INTO line {_LINES}", _line_arrays(versions))


async def remember(work: Transaction, versions: Sequence[Version]) -> None:
    """Keeps versions that were overtaken before they were heard."""
    if versions:
        await work.execute(_REMEMBER, _version_arrays(versions))
        await work.execute(f"INSERT INTO superseded_line {_LINES} ON CONFLICT DO NOTHING", _line_arrays(versions))


def _key_arrays(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "forms": [key.form for key in keys],
        "periods": [key.period for key in keys],
        "platforms": [key.platform for key in keys],
    }


def _version_arrays(versions: Sequence[Version]) -> Mapping[str, Any]:
    return {
        **_key_arrays([version.key for version in versions]),
        "versions": [version.version for version in versions],
        "submissions": [version.submission for version in versions],
        "received": [version.received_on for version in versions],
    }


def _line_arrays(versions: Sequence[Version]) -> Mapping[str, Any]:
    lines = [(version, line) for version in versions for line in sorted(version.lines, key=lambda line: line.member)]
    return {
        **_key_arrays([version.key for version, _ in lines]),
        "versions": [version.version for version, _ in lines],
        "members": [line.member for _, line in lines],
        "numbers": [line.line_no for _, line in lines],
        "departments": [line.department for _, line in lines],
        "regions": [line.region for _, line in lines],
        "m1": [line.figures[0] for _, line in lines],
        "m2": [line.figures[1] for _, line in lines],
        "m3": [line.figures[2] for _, line in lines],
        "comments": [line.comment for _, line in lines],
    }
