"""The journal of access: complete before an answer leaves, and no entry changed, removed or added unseen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from services.cli.journals import verify_all
from shared.database import Database
from shared.journal import BEGINNING, Entry, Journal, Verified, chained, verify_journal, verify_rows
from shared.settings import Settings
from tests.shared.house import House

ENTRY = Entry(datetime(2005, 3, 1, tzinfo=UTC), "Claire", "uesl", "", "GET", "/depots", "page=1", 200)


@dataclass(frozen=True)
class Row:
    """An entry as it is kept."""

    n: int
    at: datetime
    name: str
    role: str
    actor: str
    method: str
    path: str
    query: str
    status: int
    sha256: str


def rows_of(*names: str) -> list[Row]:
    rows, head = [], BEGINNING
    for n, name in enumerate(names, 1):
        entry = replace(ENTRY, name=name)
        head = chained(head, n, entry)
        rows.append(Row(n, entry.at, name, "uesl", "", "GET", "/depots", "page=1", 200, head))
    return rows


START = Verified(0, BEGINNING)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8), st.data())
def test_whatever_is_done_to_a_chain_shows(names: list[str], data: st.DataObject) -> None:
    rows = rows_of(*names)
    assert verify_rows(rows, START) == Verified(len(rows), rows[-1].sha256)
    at = data.draw(st.integers(0, len(rows) - 1))
    changes: list[dict[str, Any]] = [
        *({"name": rows[at].name + "x"}, {"status": 403}, {"path": "/depots?"}, {"actor": "PF01"}, {"query": ""}),
        *({"sha256": "0" * 64}, {"at": datetime(2005, 3, 2, tzinfo=UTC)}, {"n": at + 2}, {"method": "HEAD"}),
    ]
    changed = data.draw(st.sampled_from(changes))
    tampered = [*rows[:at], replace(rows[at], **changed), *rows[at + 1 :]]
    assert verify_rows(tampered, START).broken_at == at + 1
    if at < len(rows) - 1:
        assert verify_rows([*rows[:at], *rows[at + 1 :]], START).broken_at == at + 1


def test_two_entries_do_not_run_into_one_another() -> None:
    first = chained(BEGINNING, 1, replace(ENTRY, path="/a", query="b"))
    assert first != chained(BEGINNING, 1, replace(ENTRY, path="/ab", query=""))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database, "ingestion")
    yield database
    await database.close()


@pytest.mark.infra
async def test_many_pens_write_one_chain(database: Database) -> None:
    pens = [Journal(database) for _ in range(3)]
    await asyncio.gather(*(pens[n % 3].keep(replace(ENTRY, name=f"n{n}")) for n in range(90)))
    async with database.transaction() as work:
        verified = await verify_journal(work)
        names = set((await work.execute("SELECT name FROM journal")).scalars())
    assert (verified.entries, verified.broken_at) == (90, None)
    assert names == {f"n{n}" for n in range(90)}


@pytest.mark.infra
async def test_the_room_may_add_and_nothing_else(database: Database) -> None:
    await Journal(database).keep(ENTRY)
    for statement in ("UPDATE journal SET name = ''", "DELETE FROM journal", "TRUNCATE journal"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction() as work:
                await work.execute(statement)


@pytest.mark.infra
async def test_what_the_owner_of_the_database_does_shows(database: Database, settings: Settings, capsys: Any) -> None:
    for n in range(4):
        await Journal(database).keep(replace(ENTRY, name=f"n{n}"))
    assert await verify_all([], settings) == 0
    head = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("ingestion:"))
    assert head.startswith("ingestion:4:") and await verify_all([head], settings) == 0
    owner = await asyncpg.connect(database.url.replace("+asyncpg", ""))
    try:
        for statement, told in (
            ("UPDATE ingestion.journal SET path = '/' WHERE n = 2", "rompu à l’entrée 2"),
            ("DELETE FROM ingestion.journal WHERE n = 1", "rompu à l’entrée 1"),
        ):
            transaction = owner.transaction()
            await transaction.start()
            await owner.execute(statement)
            await transaction.commit()
            capsys.readouterr()
            assert await verify_all([], settings) == 1
            assert told in capsys.readouterr().out
            await owner.execute("UPDATE ingestion.journal SET path = '/depots' WHERE n = 2")
        await owner.execute("DELETE FROM ingestion.journal WHERE n < 5")
        capsys.readouterr()
        assert await verify_all([], settings) == 0, "an end that is cut off shows only against a head noted before"
        assert await verify_all([head], settings) == 1
    finally:
        await owner.close()


@pytest.mark.infra
async def test_who_saw_or_changed_what_is_written_before_the_answer(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01")
    await house.carry()
    asked = [("GET", "/api/v1/submissions"), ("GET", "/api/v1/registry"), ("POST", "/api/v1/submissions")]
    for method, path in asked:
        await house.http.request(method, path, headers=house.of("PF01"), params={"form": "x"})
    await house.http.get("/api/v1/submissions")
    kept = [
        (row.room, row.method, row.path, row.actor, row.role, row.status)
        for room in ("ingestion", "compliance")
        for row in await house.rows(room, f"SELECT *, '{room}' AS room FROM journal ORDER BY n")
    ]
    assert kept == [
        ("ingestion", "GET", "/api/v1/submissions", "PF01", "platform", 200),
        ("ingestion", "POST", "/api/v1/submissions", "PF01", "platform", 422),
        ("compliance", "GET", "/api/v1/registry", "PF01", "platform", 403),
    ]


@pytest.mark.infra
async def test_where_the_journal_cannot_be_written_nothing_is_shown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("shared.journal.append", fails)
    answer = await house.http.get("/api/v1/tokens", headers=house.admin)
    assert answer.status_code == 503 and "Jeton" not in answer.text


@pytest.mark.infra
async def test_attempts_to_sign_in_are_written_down_without_what_was_typed(house: House) -> None:
    await house.http.post("/api/v1/sessions", json={"name": "mot de passe ?", "password": "secret"})
    [row] = await house.rows("compliance", "SELECT * FROM journal")
    assert (row.path, row.status, row.name, row.query) == ("/api/v1/sessions", 401, "", "")


@pytest.mark.infra
async def test_the_admin_reads_and_filters_it(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01", "PF02")
    await house.carry()
    for code in ("PF01", "PF02", "PF01"):
        await house.http.get("/echeances", headers={**house.of(code), "Accept": "text/html"})
    await house.http.get("/api/v1/obligations", headers=house.of("PF01"))
    read = "/api/v1/journal/compliance"
    found = (await house.http.get(read, params={"who": "pf01", "path": "/echeances"}, headers=house.admin)).json()
    assert [one["actor"] for one in found] == ["PF01", "PF01"]
    assert (await house.http.get(read, params={"changes": True}, headers=house.admin)).json() == []
    assert (await house.http.get(read, params={"on": "2005-01-01"}, headers=house.admin)).json() == []
    page = await house.http.get("/journal/compliance", params={"who": "PF02"}, headers=house.admin)
    assert page.status_code == 200 and page.text.count("GET /echeances") == 1
    verified = (await house.http.get(f"{read}/verification", headers=house.admin)).json()
    assert verified["broken_at"] is None and verified["entries"] > 6
