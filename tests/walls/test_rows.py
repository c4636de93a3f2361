"""PostgreSQL keeps the walls by itself: without any WHERE of ours, nobody sees or touches what is another's."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from shared.topics import ROOMS
from tests.walls.rights import RIGHTS, Owned, may
from tests.walls.test_matrix import is_denied, naming, told
from tests.walls.world import World

pytestmark = pytest.mark.infra

_WALLED = """
SELECT n.nspname AS room, c.relname AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relrowsecurity AND n.nspname = ANY ($1) ORDER BY 1, 2
"""
# Whose a row is, where `platform` does not say it; the other letters belong to whoever got a message with them.
RECIPIENT = "CASE WHEN recipient_kind = 'platform' THEN recipient END"
BY_RECIPIENT = ("message", "attempt", "bounce", "preference")
AUDITED = ("audit", "audit_piece")
OWNER = {
    **dict.fromkeys(BY_RECIPIENT, RECIPIENT),
    "restitution_file": "NULLIF(platform, '')",
    **dict.fromkeys(AUDITED, "owner"),
}
LETTERS = ("letter", "enclosure", "content")
NOBODYS = "sftp_host_key"
VIEWERS = ("PF01", "PF03", "PF04", "PF0_", "%", "", "pf01", "PF01,PF03", "member/", "member/PF01", "member/CIL04")


@pytest.fixture(scope="package")
async def owner(world: World) -> AsyncIterator[Any]:
    """Behind all walls."""
    connection = await asyncpg.connect(world.house.rooms["ingestion"].database.url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def walled(owner: Any) -> list[tuple[str, str]]:
    found = [(row["room"], row["name"]) for row in await owner.fetch(_WALLED, list(ROOMS))]
    return [(room, table) for room, table in found if table not in (*LETTERS, NOBODYS)]


def whose(table: str) -> str:
    return OWNER.get(table, "platform")


def column_of(table: str) -> str:
    return "recipient" if table in BY_RECIPIENT else "owner" if table in AUDITED else "platform"


async def platforms_of(owner: Any, room: str, table: str) -> set[str | None]:
    return {row["p"] for row in await owner.fetch(f"SELECT DISTINCT {whose(table)} AS p FROM {room}.{table}")}


async def test_each_walled_table_holds_rows_of_both(world: World, owner: Any) -> None:
    """A wall around nothing would prove nothing."""
    for room, table in await walled(owner):
        assert {"PF01", "PF03"} <= await platforms_of(owner, room, table), (room, table)


async def test_a_viewer_sees_its_own_rows_only(world: World, owner: Any) -> None:
    for room, table in await walled(owner):
        everybodys = await platforms_of(owner, room, table)
        for viewer in (*VIEWERS, "*"):
            async with world.house.rooms[room].database.transaction(viewer) as work:
                seen = set((await work.execute(f"SELECT {whose(table)} FROM {table}")).scalars())
            assert seen == (everybodys if viewer == "*" else {viewer} & everybodys), (room, table, viewer)


async def test_a_letter_is_seen_by_whoever_it_was_sent_to(world: World, owner: Any) -> None:
    sent = f"SELECT letter FROM notification.message WHERE {RECIPIENT} = $1"
    letters = f"SELECT * FROM notification.letter WHERE sha256 IN ({sent})"
    enclosed = f"SELECT content FROM notification.enclosure WHERE letter IN ({sent})"
    expected = {
        "letter": f"SELECT sha256 FROM ({letters}) AS own",
        "enclosure": f"SELECT DISTINCT letter FROM notification.enclosure WHERE letter IN ({sent})",
        "content": f"SELECT html FROM ({letters}) AS own UNION SELECT text FROM ({letters}) AS own UNION {enclosed}",
    }
    for table, query in expected.items():
        key = "letter" if table == "enclosure" else "sha256"
        everything = await owner.fetchval(f"SELECT count(DISTINCT {key}) FROM notification.{table}")
        for viewer in VIEWERS:
            async with world.house.rooms["notification"].database.transaction(viewer) as work:
                seen = set((await work.execute(f"SELECT {key} FROM {table}")).scalars())
            assert seen == {row[0] for row in await owner.fetch(query, viewer)}, (table, viewer)
            assert (len(seen) < everything or table == "enclosure") and bool(seen) == (viewer in ("PF01", "PF03")), (
                table,
                viewer,
            )


async def test_a_member_sees_the_lines_in_its_name_and_no_table_else(world: World, owner: Any) -> None:
    for room, table in [*await walled(owner), *(("notification", name) for name in LETTERS)]:
        async with world.house.rooms[room].database.transaction("member/CIL05") as work:
            rows = list(await work.execute(f"SELECT * FROM {table}"))
        assert all(row.member == "CIL05" for row in rows), (room, table)
        assert bool(rows) == (table == "filed_line_page"), (room, table)


REFUSED = "row-level security|permission denied"


async def test_nobody_writes_in_anothers_name(world: World, owner: Any) -> None:
    """A row of PF03's as it stands; and all of one's own given to PF03."""
    for room, table in await walled(owner):
        row = await owner.fetchval(f"SELECT to_jsonb(t) FROM {room}.{table} AS t WHERE {whose(table)} = 'PF03' LIMIT 1")
        columns = ", ".join(json.loads(row))
        copied = (
            f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
            f" SELECT {columns} FROM jsonb_populate_record(CAST(NULL AS {table}), CAST(:row AS jsonb))"
        )
        for viewer in ("PF01", "member/CIL05", "member/CIL01", ""):
            with pytest.raises(DBAPIError, match=REFUSED):
                async with world.house.rooms[room].database.transaction(viewer) as work:
                    await work.execute(copied, {"row": row})
        given = column_of(table)
        with pytest.raises(DBAPIError, match=REFUSED):
            async with world.house.rooms[room].database.transaction("PF01") as work:
                await work.execute(f"UPDATE {table} SET {given} = 'PF03'")


async def test_nobody_changes_or_deletes_what_is_anothers(world: World, owner: Any) -> None:
    for room, table in await walled(owner):
        before = await owner.fetchval(f"SELECT count(*) FROM {room}.{table}")
        given = column_of(table)
        for viewer in ("PF04", "member/CIL05", "", "%"):
            for statement in (f"UPDATE {table} SET {given} = {given}", f"DELETE FROM {table}"):
                assert await _touched(world, room, viewer, statement) == 0, (room, table, viewer, statement)
        assert await owner.fetchval(f"SELECT count(*) FROM {room}.{table}") == before, (room, table)


async def _touched(world: World, room: str, viewer: str, statement: str) -> int:
    """How many rows; none where the room itself may not."""
    try:
        async with world.house.rooms[room].database.transaction(viewer) as work:
            found: Any = await work.execute(statement)
            return int(found.rowcount)
    except DBAPIError as refused:
        if "permission denied" not in str(refused):
            raise
        return 0


_WORD = re.compile(r"\w+")
_KEYWORD = re.compile(r"\bWHERE\b", re.IGNORECASE)
_END = re.compile(r"\b(ORDER BY|GROUP BY|HAVING|LIMIT|OFFSET|UNION|RETURNING|FOR UPDATE|FOR SHARE)\b", re.IGNORECASE)


def forgetful(sql: str, tables: set[str]) -> str:
    """Every condition on these tables holds, whatever it says; the parameters stay in their places."""
    for found in reversed(list(_KEYWORD.finditer(sql))):
        if not tables & set(_WORD.findall(sql, sql.upper().rfind("FROM", 0, found.start()), found.start())):
            continue
        end = _end_of_condition(sql, found.end())
        sql = f"{sql[: found.end()]} (true OR ({sql[found.end() : end]})) {sql[end:]}"
    return sql


def _end_of_condition(sql: str, start: int) -> int:
    depth = 0
    for place in range(start, len(sql)):
        depth += (sql[place] == "(") - (sql[place] == ")")
        if depth < 0 or (depth == 0 and _END.match(sql, place)):
            return place
    return len(sql)


@contextmanager
def all_forgetful(world: World, tables: set[str]) -> Iterator[list[str]]:
    """Every query of these tables has forgotten its WHERE; the queries are told."""
    changed: list[str] = []

    def forget(_: Any, __: Any, sql: str, parameters: Any, ___: Any, ____: Any) -> tuple[str, Any]:
        forgot = forgetful(sql, tables)
        if forgot != sql:
            changed.append(sql)
        return forgot, parameters

    engines = [room.database.engine.sync_engine for room in world.house.rooms.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", forget, retval=True)
    try:
        yield changed
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", forget)


def test_a_where_is_forgotten_whole() -> None:
    sql = "SELECT (SELECT 1 FROM c WHERE d) FROM a WHERE x AND y IN (SELECT z FROM b WHERE c = $2 LIMIT 1) ORDER BY d"
    assert " ".join(forgetful(sql, {"a", "b"}).split()) == (
        "SELECT (SELECT 1 FROM c WHERE d) FROM a "
        "WHERE (true OR ( x AND y IN (SELECT z FROM b WHERE (true OR ( c = $2 )) LIMIT 1) )) ORDER BY d"
    )


async def test_without_any_where_whoever_has_nothing_still_gets_nothing(world: World, owner: Any) -> None:
    """PF04 and CIL04 own nothing: a single row of another's that came through would be answered."""
    tables = {*LETTERS, *(table for _, table in await walled(owner))}
    strangers = [asker for asker in world.askers if asker.name in ("PF04", "CIL04")]
    for route, things in naming(world):
        if RIGHTS[route] in ("uesl", "admin"):
            continue
        for asker in strangers:
            missing = told(await world.ask(asker, route, **{things[0].kind: str(uuid4())}))
            with all_forgetful(world, tables) as changed:
                for thing in _one_of_each(things):
                    assert not may(RIGHTS[route], asker.role, asker.name, thing)
                    answer = await world.ask(asker, route, **{thing.kind: thing.id})
                    assert is_denied(answer) and told(answer) == missing, (route, asker.name)
            assert changed or answer.status_code == 403, route


def _one_of_each(things: list[Owned]) -> list[Owned]:
    return [next(thing for thing in things if thing.platform == platform) for platform in ("PF01", "PF03")]


async def test_without_any_where_no_list_holds_what_is_anothers(world: World, owner: Any) -> None:
    tables = {*LETTERS, *(table for _, table in await walled(owner))}
    lists = [route for route in RIGHTS if route.startswith("GET ") and "{" not in route and "status" not in route]
    with all_forgetful(world, tables) as changed:
        for route in lists:
            for asker in world.askers:
                if asker.role not in ("platform", "member"):
                    continue
                text = (await world.ask(asker, route)).text
                filed = {one.id for one in world.things if asker.name in one.members}
                others = {mark for platform, marks in world.marks.items() if platform != asker.name for mark in marks}
                assert not {mark for mark in others - filed if mark in text}, (route, asker.name)
    assert {"submission", "message", "warning"} <= {word for sql in changed for word in sql.split()}
