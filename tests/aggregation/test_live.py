"""The stream that tells a page that its figures have moved, on a real PostgreSQL."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest
from fastapi import FastAPI

from services.aggregation.tables.moves import CHANNEL
from services.aggregation.web.live import _events, concerns
from shared.database import Database
from shared.listening import Listening
from tests.aggregation.submissions import accepted
from tests.aggregation.test_editions import fold

APP = cast(FastAPI, SimpleNamespace(state=SimpleNamespace()))


@pytest.fixture
def moves(database: Database) -> Listening:
    return Listening(database, CHANNEL)


async def next_told(stream: Any) -> str:
    return str(await asyncio.wait_for(anext(stream), 10))


async def begun(moves: Listening, form: str = "assistance-trimestriel", year: int = 2005) -> Any:
    """A stream that listens: its first word says that something may have been missed before."""
    stream = _events(APP, moves, form, year)
    assert await next_told(stream) == "retry: 3000\n\n"
    assert (await next_told(stream)).startswith("event: moved\n")
    return stream


async def test_a_page_is_told_when_its_totals_move_and_only_then(database: Database, moves: Listening) -> None:
    stream = await begun(moves)
    waiting = asyncio.ensure_future(next_told(stream))
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, form="mobilite-trimestriel"))
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, period="2003-T1"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await fold(database, accepted({"CIL-1": [1, 2, 3]}))
    assert await waiting == "event: moved\ndata: \n\n"
    await stream.aclose()
    assert moves.subscribers == 0


async def test_it_listens_again_after_its_connection_was_cut(
    database: Database, moves: Listening, room_url: str
) -> None:
    stream = await begun(moves)
    owner = await asyncpg.connect(room_url.replace("+asyncpg", ""))
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    assert await owner.fetchval(query) >= 1
    await owner.close()
    assert (await next_told(stream)).startswith("event: moved\n"), "what was missed meanwhile is looked at"
    await fold(database, accepted({"CIL-1": [1, 2, 3]}))
    assert (await next_told(stream)).startswith("event: moved\n")
    await stream.aclose()


@pytest.mark.parametrize(
    ("moved", "form", "expected"),
    [
        ("", "assistance-trimestriel", True),
        ("assistance-trimestriel/2005", "assistance-trimestriel", True),
        ("assistance-trimestriel/2004", "", True),
        ("assistance-trimestriel/2006", "", False),
        ("mobilite-trimestriel/2005 assistance-trimestriel/2003", "assistance-trimestriel", False),
    ],
)
def test_what_concerns_a_page(moved: str, form: str, expected: bool) -> None:
    assert concerns(moved, form, 2005) is expected
