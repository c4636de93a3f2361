"""How often a POST asks PostgreSQL something: each round trip is paid by every file of every platform."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.ingestion.sendings import accepted, assistance
from tests.shared.house import House

pytestmark = pytest.mark.infra

MOST_STATEMENTS = 29  # 24 of its own; the journal of access writes down the request in a transaction of its own


@pytest.fixture
def asked(house: House) -> Iterator[list[str]]:
    """Every statement that ingestion sends, in order."""
    statements: list[str] = []
    engine: AsyncEngine = house.rooms["ingestion"].database.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine.sync_engine, "before_cursor_execute", note)


async def test_a_correction_takes_few_round_trips(house: House, asked: list[str]) -> None:
    await accepted(house, assistance(1))
    asked.clear()
    await accepted(house, assistance(2))
    assert 10 < len(asked) <= MOST_STATEMENTS, "\n".join(asked)
