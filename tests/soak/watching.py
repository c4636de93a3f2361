"""Watching of the memory that the serving process and its parsers take, while a soak goes on."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import psutil

_EVERY_SECONDS = 0.1
MOST_MIB = 512


class Watch:
    """The highest resident size that the kernel has seen of `serve` and of any of its children, in MiB."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self.serve = self.parser = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            for pid in list(self._pids().values()):
                self._look(pid)

    def _look(self, pid: int) -> None:
        self.serve = max(self.serve, _peak(pid))
        try:
            children = psutil.Process(pid).children()
        except psutil.Error:
            return
        self.parser = max([self.parser, *(_peak(child.pid) for child in children)])

    def faults(self) -> list[str]:
        measured = {"serve": self.serve, "its parser": self.parser}
        return [f"{name} took {mib:.0f} MiB" for name, mib in measured.items() if mib > MOST_MIB]


def _peak(pid: int) -> float:
    """0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) / 1024


def files_without_name(pid: int) -> int:
    """How many files that no name leads to the process holds open: one for each file that it is taking."""
    found = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        found += target.endswith("(deleted)") and "/tmp" in target
    return found
