"""What peers run in: jars of Kafka Streams with our program compiled; an environment of its own for Quix Streams."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from deploy.embedded.jars import KAFKA_VERSION, cache_folder, pins, resolve, verify, workshop
from deploy.embedded.processes import run_tied

STREAMS = f"org.apache.kafka:kafka-streams:{KAFKA_VERSION}"
QUIX = "quixstreams==3.28.1"
_HERE = Path(__file__).parent


class NoCompiler(Exception):
    """No JDK on this machine."""


async def compiled_streams(folder: Path) -> list[str]:
    """The command, without its arguments; raises NoCompiler."""
    home = os.environ.get("JAVA_HOME")
    javac = str(Path(home) / "bin" / "javac") if home else shutil.which("javac")
    if not javac or not Path(javac).exists():
        raise NoCompiler
    jars = await _streams_jars()
    await run_tied([javac, "-cp", f"{jars}/*", "-d", str(folder), str(_HERE / "Totals.java")])
    java = str(Path(javac).resolve().parent / "java")
    return [java, "-cp", f"{folder}:{jars}/*", "Totals"]


async def _streams_jars() -> Path:
    folder, expected = cache_folder() / f"kafka-streams-{KAFKA_VERSION}", pins(_HERE / "streams-jars.sha256")
    if not folder.exists():
        with workshop(cache_folder()) as work:
            await asyncio.to_thread(resolve, work, STREAMS)
            verify(work / "jars", expected)
            shutil.move(work / "jars", folder)
    verify(folder, expected)
    return folder


async def quix_python() -> str:
    """Its pins are not ours: an environment beside the cache, made once."""
    folder = cache_folder() / QUIX.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        await run_tied([sys.executable, "-m", "venv", "--clear", str(folder)])
        await run_tied([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", QUIX])
        (folder / "made").touch()
    return str(python)
