"""The data folder of a demonstration: one user at a time, ports that stay, a secret that only its owner reads."""

import fcntl
import json
import os
import random
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Below what systems lend to outgoing connections (from 32768 on): in that range a client that keeps
# trying a closed port can connect to itself, and the server never gets its port back.
PORTS = range(20_000, 32_000)
HOST = "127.0.0.1"


class FolderInUse(Exception):
    """Another demonstration runs in this data folder."""

    def __init__(self, data: Path, pid: str) -> None:
        super().__init__(
            f"Le dossier de données {data} est déjà utilisé par une autre démonstration"
            f"{f' (processus {pid})' if pid else ''}. Arrêtez-la, ou choisissez un autre dossier."
        )


class PortTaken(Exception):
    """A port that was asked for belongs to another program."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"Le port {port} demandé pour {name} est déjà pris par un autre programme.")


def open_folder(data: Path) -> Path:
    """Makes the data folder: others may pass through it (PostgreSQL is not root) but not look around."""
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(mode=0o711, exist_ok=True)
    return data.resolve()


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Holds the folder until the end of the block or of this process."""
    with (data / ".lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise FolderInUse(data, lock.read().strip()) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of an earlier run that linger do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(avoid: set[int]) -> int:
    candidates = (port for port in random.sample(PORTS, 500) if port not in avoid)
    return next(port for port in candidates if is_free(port))


def choose_ports(data: Path, asked: dict[str, int | None]) -> dict[str, int]:
    """A free port per name: the one asked for, else the one of the last run, else a new one; kept for the next run."""
    file = data / "ports.json"
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    chosen: dict[str, int] = {}
    for name, port in asked.items():
        if port is not None and not is_free(port):
            raise PortTaken(name, port)
        last = known.get(name)
        if port is None and last is not None and last not in chosen.values() and is_free(last):
            port = last
        chosen[name] = port or free_port(set(chosen.values()))
    replace_text(file, json.dumps(chosen))
    return chosen


def replace_text(file: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file whole or not at all."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as content:
        content.write(text)
    new.replace(file)


def secret(file: Path) -> str:
    """Made at the first call, readable by its owner alone."""
    if not file.exists():
        replace_text(file, secrets.token_urlsafe(24), mode=0o600)
    return file.read_text()
