"""Keeps named processes alive: starts them in order, restarts what ends, stops all in reverse order."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Literal

from deploy.embedded.processes import Tied, User, spawn_tied, together

State = Literal["waiting", "starting", "ready", "pausing", "stopped"]
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STABLE_AFTER = 10.0
POLL = 0.05
ANSWER_WITHIN = 10.0
STARTS_ALLOWED = 5
NEVER_STARTED = 127
LOG_LIMIT = 8 * 1024 * 1024

log = logging.getLogger("pilotage.supervisor")


@dataclass(frozen=True)
class Child:
    """A process to keep alive; children of one stage start together, stages one after the other."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    ready: Callable[[], Awaitable[bool]] | None = None
    ready_timeout: float = 60.0
    stop_signal: Signals = SIGTERM
    stop_timeout: float = 15.0
    stage: int = 0
    user: User | None = None
    cwd: Path | None = None


@dataclass(frozen=True)
class Status:
    name: str
    pid: int | None
    state: State
    restarts: int


class ChildFailed(Exception):
    """A process did not become ready when it was first started."""

    def __init__(self, name: str, reason: str, log_file: Path) -> None:
        self.name = name
        self.tail = tail_of(log_file)
        super().__init__(f"« {name} » n'a pas démarré : {reason}. Journal : {log_file}\n{self.tail}")


def tail_of(file: Path, lines: int = 12) -> str:
    with suppress(OSError):
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
    return ""


class Keeper:
    """One child and the task that keeps it alive."""

    def __init__(self, child: Child, log_file: Path, on_exit: Callable[[str, int, int], None]) -> None:
        self.child = child
        self.log_file = log_file
        self.tied: Tied | None = None
        self.state: State = "waiting"
        self.restarts = 0
        self.was_ready = False
        self._on_exit = on_exit
        self._is_ready = asyncio.Event()
        self._fault: Exception | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def status(self) -> Status:
        return Status(self.child.name, self.tied.pid if self.tied else None, self.state, self.restarts)

    async def start(self) -> None:
        """Comes back when the child has answered; raises ChildFailed when it does not."""
        self._task = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")
        await self.wait_ready(self.child.ready_timeout)

    async def wait_ready(self, timeout: float) -> None:
        assert self._task is not None
        answer = asyncio.ensure_future(self._is_ready.wait())
        try:
            await asyncio.wait({answer, self._task}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answer.cancel()
        if self._task.done() and not self._task.cancelled():
            self._task.result()
        if self._fault is not None:
            raise self._fault
        if not self._is_ready.is_set():
            raise ChildFailed(self.child.name, f"aucune réponse en {timeout:.0f} s", self.log_file)

    def kill(self) -> int:
        if self.tied is None:
            raise ProcessLookupError(f"« {self.child.name} » ne tourne pas")
        # Else whoever waits for the next answer would take this life's for it.
        self._is_ready.clear()
        os.kill(self.tied.pid, SIGKILL)
        return self.tied.pid

    async def stop(self) -> None:
        self._stopping = True
        if self._task is None:
            return
        if self.tied is not None:
            await self._end(self.tied)
        self._task.cancel()
        with suppress(asyncio.CancelledError, ChildFailed):
            await self._task
        self.state = "stopped"

    async def _end(self, tied: Tied) -> None:
        with suppress(ProcessLookupError):
            os.kill(tied.pid, self.child.stop_signal)
        try:
            await asyncio.wait_for(tied.wait(), self.child.stop_timeout)
        except TimeoutError:
            log.warning("%s does not stop, killed", self.child.name)
            with suppress(ProcessLookupError):
                os.kill(tied.pid, SIGKILL)
            await tied.wait()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            code = await self._live_once()
            if self._stopping:
                return
            if not self.was_ready and self.restarts + 1 >= STARTS_ALLOWED:
                raise ChildFailed(self.child.name, f"arrêt répété, code {code}", self.log_file)
            pause = FIRST_PAUSE if time.monotonic() - began > STABLE_AFTER else min(pause, LONGEST_PAUSE)
            self.restarts += 1
            self._on_exit(self.child.name, code, self.restarts)
            self.state = "pausing"
            await asyncio.sleep(pause)
            pause *= 2

    async def _live_once(self) -> int:
        """One life of the process, from its start to its exit code."""
        self.state = "starting"
        try:
            self.tied = await self._spawn()
        except OSError as refusal:
            log.warning("%s cannot be started: %s", self.child.name, refusal)
            return NEVER_STARTED
        check = asyncio.create_task(self._watch_readiness(), name=f"ready {self.child.name}")
        try:
            return await self.tied.wait()
        finally:
            check.cancel()
            self._is_ready.clear()
            self.tied = None

    async def _spawn(self) -> Tied:
        child = self.child
        rotate(self.log_file)
        with self.log_file.open("ab") as output:
            return await spawn_tied(child.argv, output=output, env=child.env, cwd=child.cwd, user=child.user)

    async def _watch_readiness(self) -> None:
        while not await self._answers():
            await asyncio.sleep(POLL)
        if self._fault is None:
            self.state = "ready"
            self.was_ready = True
        self._is_ready.set()

    async def _answers(self) -> bool:
        """Whether the child is ready; a check that fails ends the first wait, later ones outlast it."""
        self._fault = None
        try:
            return self.child.ready is None or await asyncio.wait_for(self.child.ready(), ANSWER_WITHIN)
        except (OSError, TimeoutError):
            return False
        except Exception as fault:
            log.warning("%s cannot be asked whether it is ready: %r", self.child.name, fault)
            self._fault = fault
            return not self.was_ready


def rotate(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > LOG_LIMIT:
        log_file.replace(log_file.with_suffix(".log.1"))


class Supervisor:
    """The processes of one data folder. Start it in the main thread: they die with the thread that starts them."""

    def __init__(self, data: Path, on_restart: Callable[[str, int, int], None] | None = None) -> None:
        """`on_restart(name, exit code, restarts so far)` is called each time a process has ended by itself."""
        self.logs = data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.on_restart = on_restart
        self._keepers: dict[str, Keeper] = {}

    def add(self, child: Child) -> None:
        if child.name in self._keepers:
            raise ValueError(f"« {child.name} » est déjà surveillé")
        self._keepers[child.name] = Keeper(child, self.logs / f"{child.name}.log", self._exited)

    async def start(self) -> None:
        """Starts what is not started yet, stage after stage, each child ready before the next stage."""
        waiting = [keeper for keeper in self._keepers.values() if keeper.state == "waiting"]
        for stage in sorted({keeper.child.stage for keeper in waiting}):
            await together([keeper.start() for keeper in waiting if keeper.child.stage == stage])

    async def stop(self) -> None:
        """Stops all, the last stage first; what does not end in time is killed."""
        for stage in sorted({keeper.child.stage for keeper in self._keepers.values()}, reverse=True):
            ending = [keeper.stop() for keeper in self._keepers.values() if keeper.child.stage == stage]
            await asyncio.gather(*ending)

    async def end(self, *names: str) -> None:
        """Stops these and forgets them: they may be added again, otherwise set."""
        await asyncio.gather(*(self._keepers[name].stop() for name in names))
        for name in names:
            del self._keepers[name]

    def pids(self) -> dict[str, int]:
        """The processes that live now; one that is being restarted is absent."""
        return {name: keeper.tied.pid for name, keeper in self._keepers.items() if keeper.tied is not None}

    def kill(self, name: str) -> int:
        """SIGKILL, as a crash would; gives the pid killed. The process is then restarted like after any exit."""
        return self._keepers[name].kill()

    async def wait_ready(self, *names: str, timeout: float = 60.0) -> None:
        """Waits until these processes (all when none is named) answer."""
        chosen = names or tuple(self._keepers)
        await asyncio.gather(*(self._keepers[name].wait_ready(timeout) for name in chosen))

    def status(self) -> list[Status]:
        return [keeper.status() for keeper in self._keepers.values()]

    def _exited(self, name: str, code: int, restarts: int) -> None:
        log.warning("%s ended with code %s, restarted", name, code)
        if self.on_restart is not None:
            self.on_restart(name, code, restarts)
