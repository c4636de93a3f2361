"""Child processes with limits, kept warm, for work that a hostile file may blow up: what it finds comes back in parts.

A child that dies, takes too much memory, or says nothing for too long is ended and replaced; the caller is told.
"""

import asyncio
import multiprocessing as mp
import os
import pickle
import resource
import signal
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, BinaryIO

import structlog

from shared.positioned import reader_of

log = structlog.get_logger()

MAX_BYTES = 512 * 1024 * 1024
SILENCE_SECONDS = 30.0
_JOBS_PER_CHILD = 500

# A module-level function of an open file and an argument that can be pickled.
Job = Callable[[BinaryIO, Any], Iterable[Any]]


class ChildFailed(Exception):
    """The work could not be finished: out of memory, out of time, or the child is gone."""


class _Failure:
    """What a child says of an exception: its text may hold what was read, so only its class goes up."""

    def __init__(self, cause: str) -> None:
        self.cause = cause


class _End:
    """After the last part."""


class Children:
    """A few child processes; a job waits until one is free."""

    def __init__(self, number: int = 1, max_bytes: int = MAX_BYTES, silence: float = SILENCE_SECONDS) -> None:
        self._context = mp.get_context("spawn")
        self._max_bytes, self._silence = max_bytes, silence
        self._free = asyncio.Semaphore(number)
        self._idle: list[_Child] = []

    async def run(self, job: Job, file: BinaryIO, argument: Any, hear: Callable[[Any], None]) -> None:
        """Hands each part to `hear`, in a thread; raises ChildFailed."""
        async with self._free:
            child = self._idle.pop() if self._idle else await asyncio.to_thread(self._start)
            try:
                await asyncio.shield(asyncio.to_thread(child.do, job, file, argument, hear, self._silence))
            except BaseException:
                child.kill()
                raise
            if child.jobs >= _JOBS_PER_CHILD:
                child.kill()
            else:
                self._idle.append(child)

    def _start(self) -> "_Child":
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._max_bytes, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        return _Child(process, ours)

    def close(self) -> None:
        """Ends those that are idle; those at work end with this process."""
        while self._idle:
            self._idle.pop().kill()


class _Child:
    def __init__(self, process: BaseProcess, connection: "Connection[Any, Any]") -> None:
        self._process, self._connection = process, connection
        self.jobs = 0

    def do(self, job: Job, file: BinaryIO, argument: Any, hear: Callable[[Any], None], silence: float) -> None:
        self.jobs += 1
        try:
            self._connection.send_bytes(pickle.dumps((job, argument)))
            assert self._process.pid
            send_handle(self._connection, file.fileno(), self._process.pid)
            while not isinstance(part := self._next(silence), _End):
                if isinstance(part, _Failure):
                    raise ChildFailed(part.cause)
                hear(part)
        except (EOFError, OSError) as error:
            raise ChildFailed("the child process is gone") from error

    def _next(self, silence: float) -> Any:
        if not self._connection.poll(silence):
            raise ChildFailed("the child process says nothing")
        return pickle.loads(self._connection.recv_bytes())  # noqa: S301  written by our own child

    def kill(self) -> None:
        self._process.kill()
        self._connection.close()


def _work(connection: "Connection[Any, Any]", max_bytes: int, parent: int) -> None:
    """The life of a child: no signal of the terminal, no more memory than it may, no longer than its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (max_bytes, max_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while os.getppid() == parent:
        try:
            if not connection.poll(5):
                continue
            job, argument = pickle.loads(connection.recv_bytes())  # noqa: S301  written by our own parent
            descriptor = recv_handle(connection)
            try:
                _do(connection, job, reader_of(descriptor), argument)
            finally:
                os.close(descriptor)
        except (EOFError, OSError):
            return


def _do(connection: "Connection[Any, Any]", job: Job, file: BinaryIO, argument: Any) -> None:
    try:
        for part in job(file, argument):
            connection.send_bytes(pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        connection.send_bytes(pickle.dumps(_End()))
    except Exception as error:
        connection.send_bytes(pickle.dumps(_Failure(type(error).__name__)))
