"""`python -m tests.soak [--seed N] [--files N] [--first N] [--only files|bombs|cuts]`: a house under ill-made files."""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from services.cli.screens import step
from services.ingestion.domain.signing import new_private_pem
from shared.migrations import migrate
from shared.topics import ROOMS
from tests.infrastructure import own_database, real_servers, settings_for
from tests.soak.bombs import BOMBS, soak_bomb
from tests.soak.cuts import soak_http_cuts, soak_sftp_cuts
from tests.soak.door import Door, open_door
from tests.soak.files import soak_files
from tests.soak.findings import Findings
from tests.soak.kept import faults_of_what_is_kept

PARTS = ("files", "bombs", "cuts")
_CUT_BYTES = 200_000
console = Console()


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="the same seed, the same files")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file: `--first N --files 1` is one")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    os.environ.setdefault("PILOTAGE_RECEIPT_KEY", new_private_pem())
    folder = Path(tempfile.mkdtemp(prefix="pilotage-soak-"))
    findings = Findings(folder / "found", asked.seed)
    parts = [asked.only] if asked.only else PARTS
    step(f"Graine {asked.seed}, dossier {folder}")
    asyncio.run(_soak(findings, folder, parts, range(asked.first, asked.first + asked.files)))
    for fault in findings.faults[:200]:
        console.print(f"✗ {fault}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(findings.faults)} faults; {dict(sorted(findings.tally.items()))}", markup=False)
    return 1 if findings.faults else 0


@asynccontextmanager
async def _door(folder: Path) -> AsyncIterator[Door]:
    async with real_servers(folder) as servers, own_database(servers.database_url) as url:
        for room in ROOMS:
            await migrate(url, room)
        async with open_door(settings_for(servers, url), folder) as door:
            yield door


async def _soak(findings: Findings, folder: Path, parts: Sequence[str], numbers: range) -> None:
    async with _door(folder) as door:
        if "files" in parts:
            await _files(door, findings, numbers)
        if "bombs" in parts:
            for name in BOMBS:
                seconds = await soak_bomb(door, findings, name)
                step(f"{name} : {seconds:.1f} s, {door.watch.parser:.0f} Mio")
        if "cuts" in parts:
            await soak_http_cuts(door, findings, _CUT_BYTES)
            await soak_sftp_cuts(door, findings, _CUT_BYTES, folder)
        for fault in [*await faults_of_what_is_kept(door), *door.watch.faults()]:
            findings.blame("in the end", fault)
        for code in door.deaths:
            findings.blame("serve", f"ended with code {code}")
        step(f"Mémoire : serve {door.watch.serve:.0f} Mio, lecteur {door.watch.parser:.0f} Mio")


async def _files(door: Door, findings: Findings, numbers: range) -> None:
    began = time.monotonic()
    with Progress(console=console) as progress:
        task = progress.add_task("Fichiers", total=len(numbers))
        await soak_files(door, findings, numbers, lambda many: progress.advance(task, many))
    step(f"{len(numbers)} fichiers en {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
