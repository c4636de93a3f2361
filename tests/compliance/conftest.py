"""Compliance and ingestion on one database, emptied before each test."""

import secrets
from collections.abc import AsyncIterator

import pytest

from shared.settings import Settings
from tests.infrastructure import Servers, settings_for
from tests.shared.emptied import empty, one_database
from tests.shared.house import House, open_house


@pytest.fixture(scope="session")
async def lasting_database(servers: Servers, migrated: str) -> AsyncIterator[str]:
    async with one_database(servers, migrated) as url:
        yield url


@pytest.fixture
async def settings(servers: Servers, lasting_database: str) -> Settings:
    await empty(lasting_database)
    return settings_for(servers, lasting_database, prefix=f"compliance-{secrets.token_hex(4)}-")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as house:
        yield house
