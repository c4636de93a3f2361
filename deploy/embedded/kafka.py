"""A real Apache Kafka, one node in KRaft mode."""

import asyncio
import base64
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.embedded import jars
from deploy.embedded.folder import HOST, replace_text
from deploy.embedded.java import find_java
from deploy.embedded.processes import run_tied
from deploy.embedded.supervisor import Child

LOG_SETTINGS = Path(__file__).with_name("log4j2.xml")
# Compiled by C1 alone: ready a second sooner on two cores, and faster for the minutes that a demonstration lasts.
MACHINE = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=BROKER://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=BROKER://{host}:{port},CONTROLLER://{host}:{controller}
controller.quorum.bootstrap.servers={host}:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=BROKER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
offsets.retention.minutes=5256000
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A broker that was killed is not let in again before its last session has ended.
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=33554432
"""


class StrangeKafka(Exception):
    """Another Kafka answers at the address of ours."""


@dataclass(frozen=True)
class Kafka:
    """The broker of a data folder, at its two ports."""

    data: Path
    jars: Path
    port: int
    controller_port: int

    @property
    def folder(self) -> Path:
        return self.data / "kafka"

    @property
    def bootstrap_servers(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def cluster_id(self) -> str:
        lines = (self.folder / "meta.properties").read_text().splitlines()
        return next(line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id="))

    def java(self, main_class: str, *arguments: str) -> tuple[str, ...]:
        class_path = ":".join(str(self.jars / name) for name in sorted(jars.pins()))
        logging = (f"-Dpilotage.logs={self.data / 'logs'}", f"-Dlog4j2.configurationFile={LOG_SETTINGS}")
        crash = f"-XX:ErrorFile={self.data / 'logs' / 'kafka-crash-%p.log'}"
        return (str(find_java()), *MACHINE, *logging, crash, "-cp", class_path, main_class, *arguments)

    async def prepare(self) -> None:
        """Writes the settings and, the first time, formats the folder: all of it or nothing."""
        self.write_properties(self.data / "kafka.properties", self.folder)
        if self.folder.exists():
            return
        draft, settings = self.data / "kafka.new", self.data / "kafka-format.properties"
        shutil.rmtree(draft, ignore_errors=True)
        self.write_properties(settings, draft)
        await run_tied(
            self.java("kafka.tools.StorageTool", "format", "--standalone", "-t", new_id(), "-c", str(settings))
        )
        settings.unlink()
        draft.rename(self.folder)

    def write_properties(self, file: Path, logs: Path) -> None:
        replace_text(file, PROPERTIES.format(host=HOST, port=self.port, controller=self.controller_port, logs=logs))

    def child(self) -> Child:
        argv = self.java("kafka.Kafka", str(self.data / "kafka.properties"))
        return Child("kafka", argv, ready=self.answers, ready_timeout=90)

    async def answers(self) -> bool:
        """Whether this very cluster answers, with its broker at work."""
        _, writer = await asyncio.open_connection(HOST, self.port)
        writer.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=2000)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
        except KafkaError:
            return False
        finally:
            await admin.close()
        if cluster["cluster_id"] != self.cluster_id:
            raise StrangeKafka(f"Un autre Kafka répond à l'adresse {self.bootstrap_servers}.")
        return bool(cluster["brokers"])


def new_id() -> str:
    """An identifier as Kafka writes them: 16 bytes in base64, never beginning like an option."""
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return new_id() if text.startswith("-") else text
