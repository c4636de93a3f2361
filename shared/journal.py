"""The journal of access: who saw or changed what, each entry bound to the one before by its hash.

Every room keeps its own, as it keeps its own rows: nobody writes in another's schema. The room's role may add entries
and read them, nothing else. Who owns the database can still change it; the chain then tells where.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from shared.database import Database
from shared.transaction import Transaction

BEGINNING = "0" * 64
_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: when, by whom (in whose name), what was asked, and what was answered."""

    at: datetime
    name: str
    role: str
    actor: str
    method: str
    path: str
    query: str
    status: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole journal comes to: how many entries and the last hash; or the number of the first that is wrong."""

    entries: int
    head: str
    broken_at: int | None = None


def chained(previous: str, n: int, entry: Entry) -> str:
    """SHA-256 of the entry with its number and the hash before, written in one way only."""
    said = {**asdict(entry), "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"), "n": n}
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()


_COLUMNS = "n, at, name, role, actor, method, path, query, status, sha256"
_APPEND = f"""
INSERT INTO journal ({_COLUMNS})
SELECT * FROM unnest(CAST(:n AS bigint[]), CAST(:at AS timestamptz[]), CAST(:name AS text[]), CAST(:role AS text[]),
    CAST(:actor AS text[]), CAST(:method AS text[]), CAST(:path AS text[]), CAST(:query AS text[]),
    CAST(:status AS int[]), CAST(:sha256 AS text[]))
"""
_LAST = "SELECT n, sha256 FROM journal ORDER BY n DESC LIMIT 1"


async def append(work: Transaction, entries: Sequence[Entry]) -> None:
    """In their order, after the last one; one writer of a room at a time."""
    await work.execute("SELECT pg_advisory_xact_lock(hashtext('journal' || current_schema()))")
    last = (await work.execute(_LAST)).one_or_none()
    n, sha256 = (last.n, last.sha256) if last else (0, BEGINNING)
    rows = []
    for entry in entries:
        n += 1
        sha256 = chained(sha256, n, entry)
        rows.append({"n": n, **asdict(entry), "sha256": sha256})
    await work.execute(_APPEND, {name: [row[name] for row in rows] for name in rows[0]})


class Journal:
    """One process's pen in a room's journal: what comes while it writes is written next, together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, entry: Entry) -> None:
        """Returns when it is written for good; raises whatever the database does."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await written

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            error: Exception | None = None
            try:
                async with self._database.transaction() as work:
                    await append(work, [entry for entry, _ in batch])
            except Exception as failed:  # told to everybody who waits for it
                error = failed
            for _, written in batch:
                if not written.done():
                    written.set_exception(error) if error else written.set_result(None)


def _entry_of(row: Any) -> Entry:
    return Entry(row.at, row.name, row.role, row.actor, row.method, row.path, row.query, row.status)


def verify_rows(rows: Iterable[Any], so_far: Verified) -> Verified:
    """Goes on from what was verified before; stops at the first entry that is missing, added or changed."""
    n, head = so_far.entries, so_far.head
    for row in rows:
        if row.n != n + 1 or row.sha256 != (expected := chained(head, row.n, _entry_of(row))):
            return Verified(n, head, broken_at=n + 1)
        n, head = row.n, expected
    return Verified(n, head)


async def _pages(work: Transaction) -> AsyncIterator[list[Any]]:
    after = 0
    while rows := list(await work.execute(f"{_ALL} WHERE n > :after ORDER BY n LIMIT {_PAGE}", {"after": after})):
        yield rows
        after = rows[-1].n


_ALL = f"SELECT {_COLUMNS} FROM journal"


async def verify_journal(work: Transaction) -> Verified:
    """The whole journal of the room. Entries cut off at its end show only against a head that was noted elsewhere."""
    verified = Verified(0, BEGINNING)
    async for rows in _pages(work):
        verified = verify_rows(rows, verified)
        if verified.broken_at is not None:
            break
    return verified


async def has_entry(work: Transaction, n: int, sha256: str) -> bool:
    """Whether the journal still has what was noted of it."""
    query = "SELECT 1 FROM journal WHERE n = :n AND sha256 = :sha256"
    return (await work.execute(query, {"n": n, "sha256": sha256})).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries: by whom (name or actor, in part), of what path, changes alone, from and to which moment."""

    who: str = ""
    path: str = ""
    changes: bool = False
    begin: datetime | None = None
    end: datetime | None = None


_SOUGHT = """
 WHERE position(lower(:who) IN lower(name || ' ' || actor)) > 0 AND position(:path IN path) > 0
  AND (NOT CAST(:changes AS boolean) OR method NOT IN ('GET', 'HEAD'))
  AND at >= COALESCE(CAST(:begin AS timestamptz), '-infinity') AND at < COALESCE(CAST(:end AS timestamptz), 'infinity')
ORDER BY n DESC LIMIT :limit OFFSET :offset
"""


async def find_entries(work: Transaction, sought: Sought, limit: int, offset: int) -> list[Any]:
    """The newest first."""
    return list(await work.execute(_ALL + _SOUGHT, {**asdict(sought), "limit": limit, "offset": offset}))
