"""Boots Kafka and PostgreSQL in a data folder, and keeps them alive for as long as the block lasts."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import jars
from deploy.embedded.folder import choose_ports, is_free, locked, open_folder
from deploy.embedded.kafka import Kafka, StrangeKafka
from deploy.embedded.postgres import Postgres, StrangePostgres
from deploy.embedded.processes import together
from deploy.embedded.supervisor import ChildFailed, Supervisor

ATTEMPTS = 3


@dataclass(frozen=True)
class Infra:
    """Where the two answer, and who keeps them alive: add further processes to it, then start it again."""

    bootstrap_servers: str
    database_url: str
    supervisor: Supervisor


@asynccontextmanager
async def boot(
    data: Path,
    *,
    kafka_port: int | None = None,
    postgres_port: int | None = None,
    cache: Path | None = None,
    say: Callable[[str], None] = print,
) -> AsyncIterator[Infra]:
    """Gives both once they answer; stops every process of the supervisor at the end, however it comes.

    The ports stay the same from one run to the next, unless another program has taken them meanwhile.
    """
    data = open_folder(data)
    with locked(data):
        jars_folder = await jars.ensure(cache or jars.cache_folder(), say)
        asked = {"kafka": kafka_port, "controller": None, "postgres": postgres_port}
        infra = await start_somewhere(data, jars_folder, asked)
        try:
            yield infra
        finally:
            await infra.supervisor.stop()


async def start_somewhere(data: Path, jars_folder: Path, asked: dict[str, int | None]) -> Infra:
    """Starts both, at other ports when one was stolen between choosing and using it."""
    for attempt in range(1, ATTEMPTS + 1):
        ports = choose_ports(data, asked)
        try:
            return await start(data, jars_folder, ports)
        except (ChildFailed, StrangeKafka, StrangePostgres):
            if attempt == ATTEMPTS or all(is_free(port) for port in ports.values()):
                raise
    raise AssertionError("unreachable")


async def start(data: Path, jars_folder: Path, ports: dict[str, int]) -> Infra:
    kafka = Kafka(data, jars_folder, ports["kafka"], ports["controller"])
    postgres = Postgres(data, ports["postgres"])
    supervisor = Supervisor(data)
    try:
        await together([kafka.prepare(), postgres.prepare()])
        supervisor.add(kafka.child())
        supervisor.add(postgres.child())
        await supervisor.start()
    except BaseException:
        await supervisor.stop()
        raise
    return Infra(kafka.bootstrap_servers, postgres.url, supervisor)
