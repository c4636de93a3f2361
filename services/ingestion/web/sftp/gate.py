"""The gate: who may connect, and how often at once; behind it there is SFTP and nothing else."""

import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from asyncssh import DISC_TOO_MANY_CONNECTIONS, SSHKey, SSHServer, SSHServerChannel, SSHServerConnection
from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from services.ingestion.web.sftp.tree import Tree

log = structlog.get_logger()

_MOST_SESSIONS = 4
_SFTP_VERSION = 3

MakeTree = Callable[["SSHServerChannel[bytes]"], Tree]


class Handler(SFTPServerHandler):
    """Tells what the client closes from what is closed because the line is gone: the tree is asked for both."""

    _extensions = [  # noqa: RUF012 - as in its base
        (b"posix-rename@openssh.com", b"1"),
        (b"fsync@openssh.com", b"1"),
        (b"lsetstat@openssh.com", b"1"),
        (b"limits@openssh.com", b"1"),
    ]

    def __init__(self, tree: Tree, reader: "SSHReader[bytes]", writer: "SSHWriter[bytes]") -> None:
        super().__init__(tree, reader, writer, _SFTP_VERSION)
        self._tree = tree

    async def _cleanup(self, exc: Exception | None) -> None:
        self._tree.lose()
        await super()._cleanup(exc)


class Session(SSHServerStreamSession[bytes]):
    """No shell, no command, no other subsystem."""

    def __init__(self, make_tree: MakeTree, ended: Callable[[Tree], None]) -> None:
        super().__init__(None)
        self._make_tree, self._ended = make_tree, ended

    def shell_requested(self) -> bool:
        return False

    def exec_requested(self, command: str) -> bool:
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def session_started(self) -> None:
        assert self._chan is not None
        assert self._conn is not None
        channel: Any = self._chan
        channel.set_encoding(None)
        self._encoding = None
        self._conn.create_task(self._serve(channel))

    async def _serve(self, channel: "SSHServerChannel[bytes]") -> None:
        tree = self._make_tree(channel)
        try:
            await Handler(tree, SSHReader[bytes](self, channel), SSHWriter[bytes](self, channel)).run()
        finally:
            tree.let_go()
            self._ended(tree)


class Door(Protocol):
    """What a gate asks of the door it stands in."""

    def arrive(self, gate: "Gate") -> bool:
        """Whether there is room for one more."""

    def admit(self, gate: "Gate", platform: str) -> bool:
        """Whether there is room for one more of that platform."""

    def leave(self, gate: "Gate") -> None: ...

    async def name_of(self, platform: str, key: SSHKey) -> str | None: ...

    def tree(self, channel: "SSHServerChannel[bytes]", platform: str, sender: str) -> Tree: ...


class Gate(SSHServer):
    """One connection: a platform's code as user, one of its keys, and SFTP sessions."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._connection: SSHServerConnection | None = None
        self._key: SSHKey | None = None
        self._sender = ""
        self.platform = ""
        self.trees: set[Tree] = set()
        self.opened_at = time.monotonic()

    def connection_made(self, conn: SSHServerConnection) -> None:
        self._connection = conn
        if not self._door.arrive(self):
            log.warning("too many connections")
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, username: str, key: SSHKey) -> bool:
        name = await self._door.name_of(username, key)
        self.platform, self._key, self._sender = username, key, name or ""
        return name is not None

    def auth_completed(self) -> None:
        if not self._door.admit(self, self.platform):
            log.warning("too many connections", platform=self.platform)
            self.disconnect("Trop de connexions à la fois.")

    def session_requested(self) -> Session | bool:
        if len(self.trees) >= _MOST_SESSIONS:
            return False
        return Session(self._tree, self.trees.discard)

    def _tree(self, channel: "SSHServerChannel[bytes]") -> Tree:
        tree = self._door.tree(channel, self.platform, self._sender)
        self.trees.add(tree)
        return tree

    async def is_still_valid(self) -> bool:
        """A connection ends with the key that opened it."""
        return self._key is None or await self._door.name_of(self.platform, self._key) is not None

    def disconnect(self, reason: str) -> None:
        if self._connection is not None:
            self._connection.disconnect(DISC_TOO_MANY_CONNECTIONS, reason)
