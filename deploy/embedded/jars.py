"""The jars of Kafka: downloaded once, each known by name and SHA-256, refused whole when one differs.

`python -m deploy.embedded.jars pin` renews the list of them.
"""

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.folder import replace_text
from deploy.embedded.processes import PROJECT, ToolFailed, run_tied

KAFKA_VERSION = "4.2.0"
# Kafka brings log4j and the API of slf4j 1.7 without what binds one to the other. The final "!" keeps the binding's
# own bill of materials from replacing versions of Kafka's (kafka-clients 3.9 instead of 4.2).
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.apache.logging.log4j:log4j-slf4j-impl:2.25.3!"
PINS = Path(__file__).with_name("kafka-jars.sha256")
ATTEMPTS = 3


class JarsRefused(Exception):
    """The jars found are not those this project was tried with."""

    def __init__(self, folder: Path, faults: list[str]) -> None:
        listed = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(
            f"Les fichiers jar de Kafka ne sont pas ceux attendus, rien n'est démarré :\n{listed}\n"
            f"Dossier examiné : {folder}. S'il a été altéré, supprimez-le : il sera téléchargé de nouveau."
        )


def pins(file: Path = PINS) -> dict[str, str]:
    lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
    return {name: digest for digest, name in lines}


def digest_of(jar: Path) -> str:
    with jar.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def digests_in(folder: Path) -> dict[str, str]:
    return {file.name: digest_of(file) for file in sorted(folder.iterdir())}


def verify(folder: Path, expected: dict[str, str]) -> None:
    """Refuses the folder unless it holds every jar expected, with its SHA-256, and nothing else."""
    found = digests_in(folder)
    faults = [f"{name} : absent" for name in sorted(expected.keys() - found.keys())]
    faults += [f"{name} : inattendu" for name in sorted(found.keys() - expected.keys())]
    common = sorted(expected.keys() & found.keys())
    faults += [f"{name} : empreinte SHA-256 différente" for name in common if found[name] != expected[name]]
    if faults:
        raise JarsRefused(folder, faults)


def cache_folder() -> Path:
    """PILOTAGE_CACHE, else where XDG keeps what can be fetched again."""
    if named := os.environ.get("PILOTAGE_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pilotage"


def resolve(work: Path, coordinates: str = COORDINATES) -> None:
    """Downloads these jars and what they depend on into `work/jars` (run in a process of its own)."""
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.env import EnvironmentBuilder, LinkStrategy
    from jgo.maven import MavenContext

    # jgo.build() would fill ~/.m2 as well; the same, but within `work`.
    context = MavenContext(repo_cache=work / "m2", remote_repos={"central": MAVEN_CENTRAL_URL})
    builder = EnvironmentBuilder(context=context, cache_dir=work / "jgo", link_strategy=LinkStrategy.COPY)
    environment = builder.from_endpoint(coordinates)
    jars = work / "jars"
    jars.mkdir(exist_ok=True)
    for jar in environment.path.rglob("*.jar"):
        shutil.move(jar, jars / jar.name)


async def download(work: Path) -> Path:
    """Tries a few times to bring the jars in; what one try has fetched serves the next."""
    argv = [sys.executable, "-m", "deploy.embedded.jars", "resolve", str(work)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    if authorities := os.environ.get("SSL_CERT_FILE"):  # the resolver's client knows it by another name only
        environment.setdefault("REQUESTS_CA_BUNDLE", authorities)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await run_tied(argv, env=environment)
            break
        except ToolFailed:
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(attempt)
    return work / "jars"


@contextmanager
def workshop(cache: Path) -> Iterator[Path]:
    """A folder to download into, on the file system of the cache, gone afterwards."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="kafka-") as work:
        yield Path(work)


async def ensure(cache: Path, say: Callable[[str], None]) -> Path:
    """The folder of verified jars, downloaded if this machine has none."""
    expected = pins()
    folder = cache / f"kafka-{KAFKA_VERSION}"
    if folder.exists():
        verify(folder, expected)
        return folder
    say(f"Téléchargement d'Apache Kafka {KAFKA_VERSION} ({len(expected)} fichiers, 43 Mo), une seule fois…")
    with workshop(cache) as work:
        jars = await download(work)
        verify(jars, expected)
        move_into_place(jars, folder, expected)
    return folder


def move_into_place(jars: Path, folder: Path, expected: dict[str, str]) -> None:
    try:
        jars.rename(folder)
    except OSError:
        # Another demonstration has just done the same.
        verify(folder, expected)


async def pin(file: Path = PINS) -> int:
    """Writes anew the names and SHA-256 of the jars, from a fresh download."""
    with workshop(cache_folder()) as work:
        found = digests_in(await download(work))
    replace_text(file, "".join(f"{digest}  {name}\n" for name, digest in found.items()))
    return len(found)


def main() -> None:
    match sys.argv[1:]:
        case ["pin"]:
            print(f"{asyncio.run(pin())} fichiers jar inscrits dans {os.path.relpath(PINS)}")
        case ["resolve", work]:
            resolve(Path(work))
        case _:
            sys.exit("usage: python -m deploy.embedded.jars pin")


if __name__ == "__main__":
    main()
