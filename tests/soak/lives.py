"""`python -m tests.soak.lives [--seed N] [--lives N]`: thousands of lives of aggregation against a plain model."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from rich.progress import track

from services.cli.screens import step
from shared.database import Database
from shared.migrations import migrate
from tests.aggregation.conftest import empty
from tests.aggregation.lives import faults_of_life
from tests.infrastructure import own_database, real_servers, settings_for


def main() -> int:
    """0 when every life ended in the model's totals."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.lives", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the first life; the next follow")
    parser.add_argument("--lives", type=int, default=10_000)
    asked = parser.parse_args()
    step(f"Graine {asked.seed}")
    faults = asyncio.run(_faults(range(asked.seed, asked.seed + asked.lives)))
    for fault in faults[:100]:
        step(f"✗ {fault}")
    step(f"{asked.lives} vies, {len(faults)} faute(s)")
    return 1 if faults else 0


async def _faults(seeds: range) -> list[str]:
    found: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="pilotage-lives-"))
    async with real_servers(folder) as servers, own_database(servers.database_url) as url:
        await migrate(url, "aggregation")
        settings = settings_for(servers, url)
        database = Database(settings.database, "aggregation")
        for seed in track(seeds, "Vies"):
            await empty(database)
            found += await faults_of_life(settings, seed)
        await database.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
