"""A room's tables made anew beside those in use, compared with them, and put in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.migrations import migrate_within

# Made from what is heard; everything else in the schema is the room's own, and stays.
_DERIVED = frozenset(
    (
        *("version", "group_total", "inbox", "heard", "registry_history", "credential"),
        *("explanation", "extension", "day_begun", "reception_closed", "reception_heard", "alembic_version"),
    )
)
# Where the room hears, its inbox comes first; where it reads, its totals.
_LOCKED = ("inbox", "heard", "day_begun", "version", "group_total")
_COMPARED = {
    "versions": "SELECT form, period, platform, version, submission, received_on, to_confirm, CAST(lines AS text) "
    "FROM {0}.version",
    "totals": "SELECT form, period, level, code, sum(lines), sum(m1), sum(m2), sum(m3) FROM {0}.group_total "
    "GROUP BY form, period, level, code HAVING sum(lines) <> 0",
    "registry": "SELECT kind, code, version, removed, body FROM {0}.registry_subject",
    "explanations": "SELECT submission, revision, to_confirm FROM {0}.explanation",
    "extensions": "SELECT platform, form, period, version, due, decided_on FROM {0}.extension",
    "receptions": "SELECT day, sum(submissions) FROM {0}.reception_heard GROUP BY day",
    "letters": "SELECT topic, partition, record_offset FROM {0}.dead_letter WHERE replayed_at IS NULL",
}
_DIFFER = """
SELECT 'en service' AS side, d::text AS row FROM ({live} EXCEPT {rebuilt}) AS d
UNION ALL SELECT 'reconstruit', d::text FROM ({rebuilt} EXCEPT {live}) AS d LIMIT 1000
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST($1 AS regnamespace) ORDER BY relname
"""

Connection: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that only one of the two has."""

    what: str
    side: str
    row: str


def schema_beside(room: str) -> str:
    return f"{room}_rebuilt"


async def make_beside(url: str, room: str) -> str:
    """Empty tables of the newest shape, in a schema of that name; those of a rebuilding cut short go."""
    beside, kept = schema_beside(room), f"{room}_in_use"
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        # Migrations name their schema: it is theirs for the moment of this transaction, which nobody else sees.
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {beside} CASCADE"))
        await connection.execute(text(f"ALTER SCHEMA {room} RENAME TO {kept}"))
        await migrate_within(connection, room)
        await connection.execute(text(f"ALTER SCHEMA {room} RENAME TO {beside}"))
        await connection.execute(text(f"ALTER SCHEMA {kept} RENAME TO {room}"))
    await engine.dispose()
    return beside


async def drop_beside(owner: Connection, room: str) -> None:
    await owner.execute(f"DROP SCHEMA IF EXISTS {schema_beside(room)} CASCADE")


async def hold_still(owner: Connection, room: str) -> dict[tuple[str, int], int]:
    """Until the end of the transaction nothing is heard, issued or read; how far the room had heard."""
    await owner.execute("SET LOCAL lock_timeout = '30s'")
    await owner.execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"{room}-calendar")
    for table in _LOCKED:
        await owner.execute(f"LOCK TABLE {room}.{table} IN ACCESS EXCLUSIVE MODE")
    rows = await owner.fetch(f"SELECT topic, partition, next_offset FROM {room}.heard")
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def compare(owner: Connection, room: str) -> list[Differing]:
    """What only one of the two has; both are to have heard the same."""
    found = []
    for what, query in _COMPARED.items():
        sides = {"live": query.format(room), "rebuilt": query.format(schema_beside(room))}
        for row in await owner.fetch(_DIFFER.format(**sides)):
            found.append(Differing(what, row["side"], row["row"]))
    return found


async def switch(owner: Connection, room: str) -> None:
    """The rebuilt tables take the place of those in use; what the room said and decided itself goes over as it is."""
    beside = schema_beside(room)
    await owner.execute(
        f"UPDATE {beside}.day_begun AS new SET worked_at = old.worked_at FROM {room}.day_begun AS old "
        "WHERE old.day = new.day"
    )
    for table in await _own_tables(owner, room):
        await owner.execute(f"DROP TABLE IF EXISTS {beside}.{table} CASCADE")
        await owner.execute(f"ALTER TABLE {room}.{table} SET SCHEMA {beside}")
    await owner.execute(f"DROP SCHEMA {room} CASCADE")
    await owner.execute(f"ALTER SCHEMA {beside} RENAME TO {room}")


async def _own_tables(owner: Connection, room: str) -> Sequence[str]:
    return [row["relname"] for row in await owner.fetch(_TABLES, room) if row["relname"] not in _DERIVED]
