"""Child processes that die with this one, whatever ends it."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import IO

PROJECT = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("tied.py")


@dataclass(frozen=True)
class User:
    """Whom a process runs as when this one is root; `reach`: may pass through folders that are closed to others."""

    uid: int
    gid: int
    reach: bool = False


class ToolFailed(Exception):
    """A command that was to do one thing and end did not end well."""

    def __init__(self, argv: Sequence[str], code: int | None, output: str) -> None:
        shown = "\n".join(output.strip().splitlines()[-15:])
        super().__init__(f"La commande {Path(argv[0]).name} a échoué (code {code}) :\n{shown}")


def launch_argv(argv: Sequence[str], user: User | None, line: int | None) -> list[str]:
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
    if user is not None:
        launch += ["--uid", str(user.uid), "--gid", str(user.gid)] + (["--reach"] if user.reach else [])
    if line is not None:
        launch += ["--watch", str(line)]
    return [*launch, "--", *argv]


class Tied:
    """A running child, in a session of its own so that Ctrl-C reaches this process alone."""

    def __init__(self, process: Process, lifeline: int | None) -> None:
        self.process = process
        self.pid = process.pid
        self._lifeline = lifeline

    async def wait(self) -> int:
        """Its exit code, once it and what it left in its process group are gone."""
        code = await self.process.wait()
        self._release()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, SIGKILL)
        return code

    def _release(self) -> None:
        """Tells the watcher that there is nothing left to kill."""
        if self._lifeline is not None:
            with suppress(BrokenPipeError):
                os.write(self._lifeline, b"x")
            os.close(self._lifeline)
            self._lifeline = None


async def spawn_tied(
    argv: Sequence[str],
    *,
    output: int | IO[bytes],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: User | None = None,
    by_pipe: bool = not sys.platform.startswith("linux"),
) -> Tied:
    """Starts a process tied to this one: by the kernel on Linux, elsewhere by a pipe that closes with us.

    The kernel's tie is to the *thread* that starts the process: call it from the main thread's loop.
    """
    line, lifeline = os.pipe() if by_pipe else (None, None)
    try:
        process = await asyncio.create_subprocess_exec(
            *launch_argv(argv, user, line),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            pass_fds=() if line is None else (line,),
        )
    finally:
        if line is not None:
            os.close(line)
    return Tied(process, lifeline)


async def run_tied(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, user: User | None = None
) -> str:
    """Runs a command to its end and gives what it said; a failure is ToolFailed; cancelled, it is killed."""
    tied = await spawn_tied(argv, output=asyncio.subprocess.PIPE, env=env, cwd=cwd, user=user)
    assert tied.process.stdout is not None
    try:
        output = (await tied.process.stdout.read()).decode(errors="replace")
        code = await tied.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            tied.process.kill()
        await tied.wait()
        raise
    if code != 0:
        raise ToolFailed(argv, code, output)
    return output


async def together(works: Sequence[Coroutine[None, None, None]]) -> None:
    """Waits for all to be done; the first that fails ends the wait, and the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
