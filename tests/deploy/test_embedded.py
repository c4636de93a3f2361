"""The embedded Kafka and PostgreSQL: they answer, survive kill -9 with their data, and leave no process behind."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.folder import FolderInUse
from deploy.embedded.infra import Infra, boot
from deploy.embedded.processes import PROJECT

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

BOOTED = """
import asyncio, json, sys
from pathlib import Path
from deploy.embedded.infra import boot

async def main():
    async with boot(Path(sys.argv[1]), say=lambda text: None) as infra:
        print(json.dumps(infra.supervisor.pids()), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def infra(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Infra]:
    async with boot(tmp_path_factory.mktemp("infra") / "data") as booted:
        yield booted


async def make_topic(infra: Infra, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=infra.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    await admin.close()


async def produce(infra: Infra, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=infra.bootstrap_servers, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def consume(infra: Infra, topic: str) -> list[bytes]:
    async with AIOKafkaConsumer(bootstrap_servers=infra.bootstrap_servers, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        batches = await consumer.getmany(timeout_ms=10_000)
        return [record.value for records in batches.values() for record in records]


async def ask(infra: Infra, statement: str) -> object:
    connection = await asyncpg.connect(infra.database_url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def still_alive(pids: set[int]) -> set[int]:
    """Those of the processes that still live after a little while."""
    end = time.monotonic() + 10
    while pids and time.monotonic() < end:
        await asyncio.sleep(0.05)
        pids = {pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE}
    return pids


async def test_a_record_survives_the_kill_of_kafka(infra: Infra) -> None:
    await make_topic(infra, "kept")
    await produce(infra, "kept", b"before")
    killed = infra.supervisor.kill("kafka")
    await infra.supervisor.wait_ready("kafka")
    assert infra.supervisor.pids()["kafka"] != killed
    await produce(infra, "kept", b"after")
    assert await consume(infra, "kept") == [b"before", b"after"]


async def test_a_row_survives_the_kill_of_postgres(infra: Infra) -> None:
    await ask(infra, "CREATE TABLE kept AS SELECT 1 AS one")
    infra.supervisor.kill("postgres")
    await infra.supervisor.wait_ready("postgres")
    assert await ask(infra, "SELECT one FROM kept") == 1
    restarts = {status.name: status.restarts for status in infra.supervisor.status()}
    assert restarts["postgres"] == 1


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_postgres_keeps_what_it_commits(infra: Infra, setting: str) -> None:
    assert await ask(infra, f"SHOW {setting}") == "on"


async def test_postgres_refuses_a_wrong_password(infra: Infra) -> None:
    stranger = infra.database_url.replace("+asyncpg", "").replace("pilotage:", "pilotage:wrong", 1)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stranger)


async def test_one_demonstration_per_folder(infra: Infra) -> None:
    data = infra.supervisor.logs.parent
    with pytest.raises(FolderInUse, match="déjà utilisé"):
        async with boot(data):
            pass


async def test_nothing_outlives_the_supervisor(tmp_path: Path) -> None:
    """In a folder that only its owner may enter, as the HOME of many; the second run takes up what the first left."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    for ending in (signal.SIGKILL, signal.SIGINT):
        supervisor, children = await booted_apart(closed / "data")
        supervisor.send_signal(ending)
        await supervisor.wait()
        assert await still_alive(children) == set()


async def booted_apart(data: Path) -> tuple[asyncio.subprocess.Process, set[int]]:
    """A process that supervises both, and every process below it."""
    program = (sys.executable, "-c", BOOTED, str(data))
    supervisor = await asyncio.create_subprocess_exec(*program, cwd=PROJECT, stdout=PIPE, stderr=DEVNULL)
    assert supervisor.stdout is not None
    pids = json.loads(await supervisor.stdout.readline())
    children = {child.pid for child in psutil.Process(supervisor.pid).children(recursive=True)}
    assert set(pids) == {"kafka", "postgres"}
    assert children > set(pids.values())
    return supervisor, children
