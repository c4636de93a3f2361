"""The supervisor: order of start and stop, restarts, processes that cannot outlive it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest

from deploy.embedded.processes import PROJECT, ToolFailed, run_tied, spawn_tied
from deploy.embedded.supervisor import Child, ChildFailed, Supervisor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

SLEEPER = (sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-I", "-S", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)")
TYING = """
import asyncio, sys
from deploy.embedded.processes import spawn_tied

async def main():
    tied = await spawn_tied(("sleep", "60"), output=asyncio.subprocess.DEVNULL, by_pipe=sys.argv[1] == "pipe")
    print(tied.pid, flush=True)
    await tied.wait()

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while alive(pid):
            await asyncio.sleep(0.02)


async def test_stages_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    supervisor, started = Supervisor(tmp_path), list[str]()

    def ready_of(name: str) -> Child:
        async def ready() -> bool:
            started.append(name)
            return True

        return Child(name, SLEEPER, ready=ready, stage={"first": 0, "second": 1}[name])

    supervisor.add(ready_of("second"))
    supervisor.add(ready_of("first"))
    await supervisor.start()
    pids = supervisor.pids()
    assert started == ["first", "second"]
    await supervisor.stop()
    assert not any(alive(pid) for pid in pids.values())
    assert {status.state for status in supervisor.status()} == {"stopped"}


async def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    ends: list[tuple[str, int, int]] = []
    supervisor = Supervisor(tmp_path, on_restart=lambda *end: ends.append(end))
    supervisor.add(Child("sleeper", SLEEPER))
    await supervisor.start()
    killed = supervisor.kill("sleeper")
    await supervisor.wait_ready("sleeper")
    try:
        assert ends == [("sleeper", -signal.SIGKILL, 1)]
        assert supervisor.pids()["sleeper"] != killed
    finally:
        await supervisor.stop()


async def test_a_child_added_later_is_started_alone(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.add(Child("early", SLEEPER))
    await supervisor.start()
    before = supervisor.pids()
    supervisor.add(Child("late", SLEEPER))
    await supervisor.start()
    assert supervisor.pids().keys() == {"early", "late"}
    assert supervisor.pids()["early"] == before["early"]
    await supervisor.stop()


async def test_a_child_that_ignores_the_stop_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.add(Child("stubborn", STUBBORN, stop_timeout=0.5))
    await supervisor.start()
    await asyncio.sleep(0.2)
    pid = supervisor.pids()["stubborn"]
    await supervisor.stop()
    assert not alive(pid)


async def test_a_child_that_always_ends_is_said_with_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    broken = (sys.executable, "-I", "-S", "-c", "raise SystemExit('plus de disque')")

    async def never() -> bool:
        return False

    supervisor.add(Child("broken", broken, ready=never))
    with pytest.raises(ChildFailed, match="plus de disque"):
        await supervisor.start()
    await supervisor.stop()


@pytest.mark.parametrize("tie", ["kernel", "pipe"])
async def test_a_tied_process_dies_with_whoever_started_it(tie: str) -> None:
    if tie == "kernel" and sys.platform != "linux":
        pytest.skip("the kernel's tie is Linux's")
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", TYING, tie, cwd=PROJECT, stdout=PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.kill()
    await parent.wait()
    await until_gone(child)


async def test_the_watcher_of_a_pipe_leaves_with_the_process() -> None:
    tied = await spawn_tied(("sleep", "60"), output=asyncio.subprocess.DEVNULL, by_pipe=True)
    await asyncio.sleep(0.3)
    watchers = [p.pid for p in psutil.process_iter() if "--watch" in cmdline(p) and str(os.getpid()) in cmdline(p)]
    assert len(watchers) == 1
    tied.process.kill()
    await tied.wait()
    await until_gone(watchers[0])


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def test_a_command_that_fails_is_said_with_its_output() -> None:
    with pytest.raises(ToolFailed, match="no such thing"):
        await run_tied((sys.executable, "-I", "-S", "-c", "raise SystemExit('no such thing')"))
