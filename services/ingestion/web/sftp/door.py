"""The SFTP door: listens, counts who is inside, and shows out who is silent or no longer known."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncssh
import structlog
from asyncssh import SSHKey, SSHServerChannel

from services.ingestion.settings import SftpSettings
from services.ingestion.tables.judging import end_children
from services.ingestion.web.sftp.folder import Folder
from services.ingestion.web.sftp.gate import Gate
from services.ingestion.web.sftp.keys import host_key, key_name
from services.ingestion.web.sftp.publishing import Publisher
from services.ingestion.web.sftp.shelves import Shelves
from services.ingestion.web.sftp.tree import Tree
from shared.database import Database

log = structlog.get_logger()

_ROUND_SECONDS = 5.0
_PATIENCE = 10.0


class SftpDoor:
    """One per process."""

    def __init__(self, publisher: Publisher, secret_key: str) -> None:
        self._publisher = publisher
        self._settings: SftpSettings = publisher.settings
        self._secret_key = secret_key
        self._folders: dict[str, Folder] = {}
        self._gates: set[Gate] = set()
        self._inside: dict[Gate, str] = {}

    @property
    def database(self) -> Database:
        return self._publisher.database

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Gives its port; at the end, what is being judged gets its verdict first."""
        key = await host_key(self.database, self._secret_key)
        listener = await asyncssh.listen(
            self._settings.host,
            self._settings.port,
            server_factory=lambda: Gate(self),
            server_host_keys=[key],
            server_version="pilotage",
            login_timeout=self._settings.sign_in_seconds,
            keepalive_interval=30,
            public_key_auth=True,
            password_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            allow_pty=False,
            agent_forwarding=False,
            x11_forwarding=False,
            line_editor=False,
            encoding=None,
            compression_algs=["none"],
        )
        rounds = asyncio.create_task(self._go_round())
        try:
            yield listener.get_port()
        finally:
            rounds.cancel()
            listener.close()
            await listener.wait_closed()
            await self._close()

    async def _close(self) -> None:
        for gate in list(self._gates):
            gate.disconnect("Le service s’arrête.")
        await asyncio.sleep(0.1)  # what they held open is let go of
        await asyncio.gather(*(folder.finish(_PATIENCE) for folder in self._folders.values()))
        end_children()
        await self.database.close()

    def folder(self, platform: str) -> Folder:
        if platform not in self._folders:
            self._folders[platform] = Folder(platform, self._publisher)
        return self._folders[platform]

    # What its gates ask

    def arrive(self, gate: Gate) -> bool:
        if len(self._gates) >= self._settings.connections:
            return False
        self._gates.add(gate)
        return True

    def admit(self, gate: Gate, platform: str) -> bool:
        if list(self._inside.values()).count(platform) >= self._settings.platform_connections:
            return False
        self._inside[gate] = platform
        return True

    def leave(self, gate: Gate) -> None:
        self._gates.discard(gate)
        self._inside.pop(gate, None)

    async def name_of(self, platform: str, key: SSHKey) -> str | None:
        return await key_name(self.database, platform, key)

    def tree(self, channel: "SSHServerChannel[bytes]", platform: str, sender: str) -> Tree:
        shelves = Shelves(self.database, platform)
        return Tree(channel, shelves, lambda: self.folder(platform), sender)

    # What it does from time to time

    async def _go_round(self) -> None:
        while True:
            await asyncio.sleep(min(_ROUND_SECONDS, self._settings.idle_seconds / 2))
            self._forget_old()
            for gate in list(self._gates):
                try:
                    await self._look_at(gate)
                except Exception as error:  # the rounds go on: the next one may have more luck
                    log.warning("a connection cannot be looked at", cause=repr(error)[:200])

    def _forget_old(self) -> None:
        now = datetime.now(UTC)
        for platform, folder in list(self._folders.items()):
            if not folder.forget_old(now):
                del self._folders[platform]

    async def _look_at(self, gate: Gate) -> None:
        touched = max([gate.opened_at, *(tree.touched_at for tree in gate.trees)])
        if time.monotonic() - touched > self._settings.idle_seconds:
            gate.disconnect("Connexion silencieuse depuis trop longtemps.")
        elif gate in self._inside and not await gate.is_still_valid():
            gate.disconnect("Cette clé n’ouvre plus rien.")
