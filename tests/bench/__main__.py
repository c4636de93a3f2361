"""`python -m tests.bench [--only PART,…] [--short] [--output FILE]`: measures, and writes docs/benchmarks.md."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from services.cli.machine import PROJECT
from services.cli.screens import step
from tests.bench.document import written
from tests.bench.fold import measure_fold
from tests.bench.large import measure_large
from tests.bench.mail import measure_mail
from tests.bench.pages import measure_pages
from tests.bench.replay import measure_replay
from tests.bench.results import Part
from tests.bench.sizes import FULL, SHORT, Sizes
from tests.bench.surroundings import surroundings
from tests.bench.visible import measure_visible

PARTS: dict[str, Callable[[Sizes], Awaitable[Part]]] = {
    "visible": measure_visible,
    "fold": measure_fold,
    "replay": measure_replay,
    "mail": measure_mail,
    "large": measure_large,
    "pages": measure_pages,
}
_LONGEST_SECONDS = 1800
console = Console()


def main() -> int:
    """0 when everything was measured and came out right, whether aims are met or not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", type=_names, default=list(PARTS), help=f"of {','.join(PARTS)}; the others are emptied"
    )
    parser.add_argument("--short", action="store_true", help="tries the measurements themselves; writes no document")
    parser.add_argument("--output", type=Path, default=PROJECT / "docs" / "benchmarks.md")
    asked = parser.parse_args()
    # Topics made a moment ago have no leader yet: the producer says so, and tries again.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    about = surroundings()
    try:
        measured = asyncio.run(_measure(asked.only, SHORT if asked.short else FULL))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Interrompu : rien n’est écrit.")
        return 130
    text = written(about, {name: measured.get(name) for name in PARTS})
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    if not asked.short:
        asked.output.parent.mkdir(parents=True, exist_ok=True)
        asked.output.write_text(text, encoding="utf-8")
    return 1 if any(part.faults for part in measured.values()) else 0


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"unknown parts: {', '.join(sorted(unknown))}")
    return names


async def _measure(names: list[str], sizes: Sizes) -> dict[str, Part]:
    task, found = asyncio.current_task(), {}
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    for name in names:
        step(f"[bold]{name}[/bold]")
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                found[name] = await PARTS[name](sizes)
        except Exception as error:  # a part that cannot be measured is said, and the others are measured
            found[name] = Part(name, "Could not be measured.", faults=[f"{error!r:.2000}".replace("\n", " · ")])
    return found


if __name__ == "__main__":
    sys.exit(main())
