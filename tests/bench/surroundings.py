"""What the figures depend on: the machine, the versions, and what else ran at the time."""

import os
import platform
import re
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from deploy.embedded.jars import KAFKA_VERSION
from deploy.embedded.postgres import binaries
from tests.bench.results import percentile


def surroundings() -> list[tuple[str, str]]:
    """Read before the first part, so that the load is not our own."""
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("processor", f"{processor()}, {len(os.sched_getaffinity(0))} cores usable"),
        ("memory", f"{memory:.1f} GiB"),
        ("disk", f"{file_system(Path(tempfile.gettempdir()))}; an 8 KiB write with fsync takes {fsync_ms():.2f} ms"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("versions", f"Python {platform.python_version()}, Apache Kafka {KAFKA_VERSION}, {postgres_version()}"),
        ("load average before the start", f"{load} (1, 5, 15 minutes)"),
    ]


def processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def postgres_version() -> str:
    said = subprocess.run([binaries() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return "PostgreSQL " + said.split()[-1]


def file_system(folder: Path) -> str:
    """Of the mount that holds the folder."""
    mounts = [part for part in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown"


def fsync_ms(times: int = 100) -> float:
    """The median; what a commit that is kept costs at the least."""
    taken = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"x" * 8192)
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return 1000 * percentile(taken, 0.5)
