"""Others before the topic that ours has folded: each started, its totals watched until they are right, then ended."""

import asyncio
import os
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.infra import Infra
from deploy.embedded.processes import ToolFailed
from services.cli.machine import PROJECT
from services.cli.screens import step
from shared.periods import Period
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on
from shared.topics import SUBMISSIONS
from tests.bench.backlog import LINES, Backlog
from tests.bench.folding import cpu_seconds, peak_bytes
from tests.bench.network import plain
from tests.bench.peers.environments import NoCompiler, compiled_streams, quix_python
from tests.bench.reference import totals_by_group
from tests.bench.results import Figure, Part
from tests.infrastructure import own_database

_LONGEST_SECONDS = 240
_FOUR = struct.Struct(">4q")


async def measure_peers(infra: Infra, topic: str, backlog: Backlog, ours: float, folder: Path) -> Part:
    """A row for each; what could not be run on this machine is said in its place."""
    part = Part("", "")
    _write_regions(folder / "regions")
    wanted, lines = totals_by_group(backlog.records), backlog.distinct * LINES
    for name, command in (await _commands(part, folder)).items():
        step(name)
        await _measure_peer(part, infra, name, [*command], topic, wanted, lines, ours, folder)
    for name, keeps in (("floor: read and decoded", False), ("floor: read, decoded, a row per line by COPY", True)):
        step(name)
        part.figures.append(Figure(name, await _floor(infra, topic, len(backlog.records), keeps=keeps)))
    return part


def _write_regions(file: Path) -> None:
    """Of each département on the backlog's days, which are all under the régions of one time."""
    rows = []
    for department in sorted(DEPARTMENTS):
        try:
            rows.append(f"{department} {region_on(department, Period(2006, 1).last_day).code}\n")
        except NoRegionOnThatDay:
            continue
    file.write_text("".join(rows))


async def _commands(part: Part, folder: Path) -> dict[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    try:
        streams = await compiled_streams(folder)
        found["Kafka Streams, exactly once, as it comes"] = [*streams, "default"]
        found["Kafka Streams, exactly once, tuned"] = [*streams, "tuned"]
    except NoCompiler:
        part.figures.append(Figure("Kafka Streams", "not run: no Java compiler (JDK) on this machine"))
    try:
        found["Quix Streams, exactly once"] = [await quix_python(), str(PROJECT / "tests/bench/peers/quix.py")]
    except ToolFailed as error:
        part.figures.append(Figure("Quix Streams", f"not run: {str(error)[-200:]!r}"))
    return found


async def _measure_peer(
    part: Part,
    infra: Infra,
    name: str,
    command: list[str],
    topic: str,
    wanted: Mapping[str, tuple[int, ...]],
    lines: int,
    ours: float,
    folder: Path,
) -> None:
    group = f"peer-{len(part.figures)}-{time.monotonic_ns()}"
    output, mode = f"{group}-totals", [command.pop()] if command[-1] in ("default", "tuned") else []
    await _create(infra, output)
    argv = [
        *command,
        infra.bootstrap_servers,
        topic,
        group,
        output,
        str(folder / group),
        str(folder / "regions"),
        *mode,
    ]
    with (folder / f"{group}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*argv, stdout=log, stderr=log, env=os.environ)
        try:
            seconds, cpu, peak, share = await _until_right(infra, output, wanted, process.pid)
            rate = share * lines / seconds
            used = cpu / (share * lines) * 100_000
            value = f"{rate:,.0f} lines a second; {used:.2f} s CPU per 100,000; {peak / 2**20:.0f} MiB"
            part.figures.append(Figure(name, value))
            part.figures.append(Figure("ours is faster by", f"{ours / rate:.1f} times"))
        except (TimeoutError, psutil.NoSuchProcess):
            said = (folder / f"{group}.log").read_text(errors="replace")[-300:].replace("\n", " · ")
            part.faults.append(f"{name}: not the model's totals within {_LONGEST_SECONDS} s: {said}")
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _create(infra: Infra, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=infra.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, SUBMISSIONS.partitions, 1)])
    finally:
        await admin.close()


async def _until_right(
    infra: Infra, output: str, wanted: Mapping[str, tuple[int, ...]], pid: int
) -> tuple[float, float, int, float]:
    """From the first committed result to the one that made all right: seconds, the processor's, peak memory, and the
    share of all lines that came after the first."""
    process, held = psutil.Process(pid), dict[str, tuple[int, ...]]()
    async with (
        asyncio.timeout(_LONGEST_SECONDS),
        AIOKafkaConsumer(
            bootstrap_servers=infra.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        ) as consumer,
    ):
        consumer.assign([TopicPartition(output, number) for number in range(SUBMISSIONS.partitions)])
        first, used, share = 0.0, 0.0, 1.0
        while True:
            found = await consumer.getmany(timeout_ms=50)
            for record in (record for some in found.values() for record in some):
                held[record.key.decode()] = _FOUR.unpack(record.value)
            if found and not first:
                first, used = time.monotonic(), cpu_seconds(process)
                share = 1 - _national_lines(held) / _national_lines(wanted)
            if found and {group: sums for group, sums in held.items() if sums[0]} == wanted:
                return time.monotonic() - first, cpu_seconds(process) - used, peak_bytes(pid), share
            if not process.is_running():
                raise psutil.NoSuchProcess(pid)


def _national_lines(totals: Mapping[str, tuple[int, ...]]) -> int:
    return sum(sums[0] for group, sums in totals.items() if "|national|" in group)


async def _floor(infra: Infra, topic: str, records: int, *, keeps: bool) -> str:
    async with own_database(infra.database_url) as url:
        address = plain(url) if keeps else ""
        argv = ["-m", "tests.bench.peers.floor", infra.bootstrap_servers, topic, str(SUBMISSIONS.partitions)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *argv, str(records), address, stdout=asyncio.subprocess.PIPE, cwd=PROJECT
        )
        said, _ = await asyncio.wait_for(process.communicate(), _LONGEST_SECONDS)
        lines, seconds, cpu = map(float, said.split())
    return f"{lines / seconds:,.0f} lines a second; {cpu / lines * 100_000:.2f} s CPU per 100,000"
