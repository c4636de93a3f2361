"""`pilotage load`: a network into a running service, with the admin's password from the environment."""

import os
from pathlib import Path

from rich.console import Console

from services.cli.client import PASSWORD, Client, open_client
from services.cli.export import export
from services.cli.plan import read_plan
from services.cli.replay import Replayed, replay_plan
from services.cli.screens import sending_bar

console = Console()


async def is_simulation(client: Client) -> bool:
    return bool((await client.call("GET", "/api/v1/calendar")).json()["simulation"])


async def run_load(folder: Path, url: str, export_to: Path | None) -> int:
    """Loads a network; its days are driven only where the service simulates."""
    plan = read_plan(folder)
    async with open_client(url, os.environ[PASSWORD]) as client:
        simulation = await is_simulation(client)
        if not simulation:
            console.print("Le service vit au temps réel : les jours du plan ne sont pas joués.")
        with sending_bar(len(plan.sendings)) as progress:
            replayed = await replay_plan(client, plan, progress, begins_days=simulation)
        if export_to:
            await export(client, plan, replayed.errors, export_to)
    return say_outcome(replayed)


def say_outcome(replayed: Replayed) -> int:
    console.print(f"{replayed.sent} fichiers envoyés, {len(replayed.surprises)} verdict(s) autrement que prévu.")
    for surprise in replayed.surprises[:50]:
        console.print(f"  {surprise}", markup=False)
    return 1 if replayed.surprises else 0
