"""One world for all walls: it takes longer to build than to knock at."""

import secrets
from collections.abc import AsyncIterator

import pytest

from shared.topics import ROOMS
from tests.infrastructure import Servers, settings_for
from tests.shared.emptied import one_database
from tests.shared.house import open_house
from tests.walls.world import World, build_world


@pytest.fixture(scope="package")
async def world(servers: Servers, migrated: str) -> AsyncIterator[World]:
    async with one_database(servers, migrated) as url:
        prefix = f"walls-{secrets.token_hex(4)}-"
        async with open_house(settings_for(servers, url, prefix=prefix), ROOMS) as house:
            yield await build_world(house)
