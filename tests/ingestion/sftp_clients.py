"""An SFTP door on a real database, with the keys of its platforms, and the real clients that knock at it."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from services.ingestion.app import build_sftp
from services.ingestion.settings import SftpSettings
from tests.shared.house import House
from tests.shared.networks import small_network

HOST = "127.0.0.1"
QUIET = 0.3
NAME = "assistance-trimestriel_PF01_2005-T1.csv"

needs_openssh = pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not installed")
needs_lftp = pytest.mark.skipif(shutil.which("lftp") is None, reason="lftp is not installed")


@dataclass
class Knocking:
    """A door that listens, and the files of keys."""

    house: House
    folder: Path
    port: int = 0
    keys: dict[str, asyncssh.SSHKey] = field(default_factory=dict)

    def key_file(self, platform: str) -> str:
        return str(self.folder / f"{platform}.key")

    @asynccontextmanager
    async def client(self, platform: str = "PF01", **more: Any) -> AsyncIterator[asyncssh.SFTPClient]:
        async with self.connection(platform, **more) as connection, connection.start_sftp_client() as client:
            yield client

    def connection(self, platform: str = "PF01", *, key: str | None = None, **more: Any) -> Any:
        return asyncssh.connect(
            HOST,
            self.port,
            username=platform,
            client_keys=[self.keys[key or platform]],
            known_hosts=None,
            config=None,
            agent_path=None,
            **more,
        )

    async def sftp(self, *lines: str, platform: str = "PF01", key: str | None = None) -> tuple[int, str]:
        """OpenSSH's client in batch mode: its code and what it said."""
        batch = self.folder / "batch"
        await asyncio.to_thread(batch.write_text, "\n".join(lines) + "\n")
        return await run("sftp", "-b", str(batch), *self.options(key or platform), f"{platform}@{HOST}")

    def options(self, key: str) -> list[str]:
        said = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
        options = [part for one in [*said, "IdentitiesOnly=yes"] for part in ("-o", one)]
        return ["-F", "none", *options, "-P", str(self.port), "-i", self.key_file(key)]

    async def lftp(self, *commands: str, platform: str = "PF01") -> tuple[int, str]:
        program = " ".join(["ssh", "-a", "-x", *self.options(platform)]).replace("-P ", "-p ")
        script = [
            f'set sftp:connect-program "{program}"',
            "set net:max-retries 1; set net:timeout 20; set cmd:fail-exit yes; set sftp:auto-confirm yes",
            f"open -u {platform}, sftp://{HOST}:{self.port}",
            *commands,
        ]
        return await run("lftp", "--norc", "-c", "; ".join(script), HOME=str(self.folder))

    async def verdict(self, name: str = NAME, platform: str = "PF01") -> dict[str, Any]:
        """Waits for the verdict laid beside a file."""
        async with self.client(platform) as client:
            path = f"/depots/{name}.verdict.json"
            await until(lambda: client.exists(path))
            found: dict[str, Any] = json.loads(await content(client, path))
            return found

    async def submissions(self) -> list[Any]:
        return await self.house.rows("ingestion", "SELECT * FROM submission ORDER BY number")


async def content(client: asyncssh.SFTPClient, path: str) -> bytes:
    async with client.open(path, "rb") as file:
        found = await file.read()
        assert isinstance(found, bytes)
        return found


async def put(client: asyncssh.SFTPClient, path: str, body: bytes) -> None:
    async with client.open(path, "wb") as file:
        if body:
            await file.write(body)


async def until(holds: Callable[[], Awaitable[bool]], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.05)


async def run(*argv: str, **env: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **env},
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")


def _make_key(folder: Path, name: str) -> asyncssh.SSHKey:
    key = asyncssh.generate_private_key("ssh-ed25519", comment=f"dépôts de {name}")
    file = folder / f"{name}.key"
    key.write_private_key(file)
    file.chmod(0o600)
    return key


def network_with(keys: dict[str, asyncssh.SSHKey]) -> dict[str, Any]:
    """The small network, whose platforms have these keys."""
    document = small_network()
    for platform in document["platforms"]:
        if platform["code"] in keys:
            platform["sftp_keys"] = [keys[platform["code"]].export_public_key().decode()]
    return document


@asynccontextmanager
async def knocking(house: House, folder: Path, **settings: Any) -> AsyncIterator[Knocking]:
    """A door that listens on a free port, with keys for PF01 and PF03, and one that nobody knows."""
    keys = {name: await asyncio.to_thread(_make_key, folder, name) for name in ("PF01", "PF03", "stranger")}
    await house.put_registry(network_with(keys))
    await house.carry()
    async with reopened(house, folder, keys, **settings) as found:
        yield found


@asynccontextmanager
async def reopened(
    house: House, folder: Path, keys: dict[str, asyncssh.SSHKey], **settings: Any
) -> AsyncIterator[Knocking]:
    door = build_sftp(house.settings, SftpSettings(port=0, **{"quiet_seconds": QUIET, **settings}))
    async with door.listening() as port:
        yield Knocking(house, folder, port, keys)
