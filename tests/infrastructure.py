"""The real Kafka and PostgreSQL that tests use: those given by the environment, testcontainers, or embedded ones."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.embedded.infra import Infra, boot
from deploy.embedded.supervisor import Supervisor
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two answer."""

    bootstrap_servers: str
    database_url: str


@asynccontextmanager
async def real_servers(folder: Path) -> AsyncIterator[Servers]:
    """As the environment says: given addresses, `PILOTAGE_TEST_INFRA=docker`, or embedded."""
    kafka, database = os.environ.get("PILOTAGE_KAFKA__BOOTSTRAP_SERVERS"), os.environ.get("PILOTAGE_DATABASE__URL")
    if kafka and database:
        yield Servers(kafka, database)
    elif os.environ.get("PILOTAGE_TEST_INFRA") == "docker":
        async with _containers() as servers:
            yield servers
    else:
        async with boot(folder / "servers", say=lambda _: None) as infra:
            yield Servers(infra.bootstrap_servers, infra.database_url)


@asynccontextmanager
async def _containers() -> AsyncIterator[Servers]:
    from testcontainers.kafka import KafkaContainer
    from testcontainers.postgres import PostgresContainer

    kafka = KafkaContainer("apache/kafka:4.2.0").with_kraft()
    with PostgresContainer("postgres:18", driver="asyncpg") as postgres, kafka:
        yield Servers(kafka.get_bootstrap_server(), postgres.get_connection_url())


def with_database(url: str, name: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{name}"


@asynccontextmanager
async def own_database(url: str, template: str | None = None) -> AsyncIterator[str]:
    """A database of the test's own, dropped at the end."""
    name = f"test_{secrets.token_hex(6)}"
    owner = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    await owner.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield with_database(url, name)
    finally:
        await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await owner.close()


def settings_for(servers: Servers, database_url: str, *, prefix: str = "", simulation: bool = True) -> Settings:
    return Settings.model_validate(
        {
            "kafka": {"bootstrap_servers": servers.bootstrap_servers, "prefix": prefix},
            "database": {"url": database_url},
            "secret_key": "a key for tests only, long enough to sign",
            "public_url": "http://127.0.0.1:8000",
            "simulation": simulation,
        }
    )


@asynccontextmanager
async def house_servers(folder: Path) -> AsyncIterator[Infra]:
    """What a whole house of a test runs on: embedded servers of its own, or a database of its own on those given."""
    given = os.environ.get("PILOTAGE_KAFKA__BOOTSTRAP_SERVERS") or os.environ.get("PILOTAGE_TEST_INFRA") == "docker"
    if not given:
        async with boot(folder, say=lambda _: None) as infra:
            yield infra
        return
    async with real_servers(folder) as servers, own_database(servers.database_url) as url:
        folder.mkdir(parents=True, exist_ok=True)
        supervisor = Supervisor(folder)
        try:
            yield Infra(servers.bootstrap_servers, url, supervisor)
        finally:
            await supervisor.stop()
