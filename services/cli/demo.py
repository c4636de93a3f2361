"""`pilotage demo` and `pilotage up`: the whole house on this machine, with a network living in it or empty."""

import asyncio
import shutil
import signal
import tempfile
import time
from pathlib import Path

from rich.console import Console

from deploy.embedded.folder import FolderInUse, PortTaken, locked, open_folder
from deploy.embedded.supervisor import ChildFailed
from services.cli.check import find_differences, find_faults
from services.cli.client import Client, Refused, StillWaiting, open_client
from services.cli.export import compare_with_expected, export
from services.cli.machine import Machine, running_house
from services.cli.plan import NotANetwork, Plan, read_plan
from services.cli.replay import Replayed, replay_plan
from services.cli.sample import write_sample
from services.cli.screens import final_screen, sending_bar, step
from services.cli.sftp_key import give_sftp_key

console = Console()
_PORT = 8000
_FAILURES = (NotANetwork, ChildFailed, FolderInUse, PortTaken, Refused, StillWaiting)


async def run_demo(folder: Path | None, *, once: bool, export: Path | None, data: Path) -> int:
    """0 when everything came out as planned."""
    try:
        if once:
            with tempfile.TemporaryDirectory(prefix="pilotage-") as fresh:
                return await _replay_once(_plan(folder, Path(fresh)), Path(fresh) / "data", export)
        return await _live(folder, data, export)
    except _FAILURES as error:
        console.print(f"Échec : {error}", style="red", markup=False)
        return 1


def _plan(folder: Path | None, data: Path) -> Plan:
    if folder is None:
        folder = data / "sample"
        if not (folder / "plan.csv").exists():
            write_sample(folder)
    plan = read_plan(folder)
    if plan.to_come:
        step(f"{plan.to_come} fichiers de formulaires pas encore en service : passés, non envoyés")
    return plan


async def _replay_once(plan: Plan, data: Path, export_to: Path | None) -> int:
    started = time.monotonic()
    async with running_house(data, simulation=True) as machine, open_client(machine.url, machine.password) as client:
        surprises = await _play(client, plan, export_to or data / "export")
    console.print(f"Rejoué en {time.monotonic() - started:.0f} s.")
    return 1 if surprises else 0


async def _play(client: Client, plan: Plan, export_to: Path) -> list[str]:
    """Everything that came out otherwise than planned; exported even then."""
    replayed = Replayed()
    try:
        with sending_bar(len(plan.sendings)) as progress:
            replayed = await replay_plan(client, plan, progress)
    except (Refused, StillWaiting) as error:
        replayed.surprises.append(str(error))
    await export(client, plan, replayed.errors, export_to)
    surprises = [*replayed.surprises, *await _verify(client), *compare_with_expected(plan, export_to)]
    _tell(plan, replayed, surprises)
    return surprises


async def _verify(client: Client) -> list[str]:
    cells, found = await find_differences(client)
    step(f"{cells} totaux recalculés depuis les fichiers conservés : {len(found)} différence(s)")
    return [*await find_faults(client), *(str(difference) for difference in found[:20])]


def _tell(plan: Plan, replayed: Replayed, surprises: list[str]) -> None:
    step(f"{replayed.sent} fichiers envoyés, du {plan.first_day:%d/%m/%Y} au {plan.last_day:%d/%m/%Y}")
    if (plan.folder / "expected").is_dir():
        step("Comparé à ce qui était attendu (expected/)")
    for surprise in surprises[:100]:
        console.print(f"  {surprise}", markup=False, highlight=False)
    console.print("[green]Tout est comme prévu.[/green]" if not surprises else f"{len(surprises)} écart(s).")


async def _live(folder: Path | None, data: Path, export_to: Path | None) -> int:
    """Plays the network at the first start, then stays up until Ctrl-C; later starts find it as it was."""
    with locked(open_folder(data)):
        plan = _plan(folder, data)
        house, played = data / "house", data / "played"
        fresh = not played.exists() or played.read_text() != plan.fingerprint
        if fresh:  # another network, or one that was interrupted
            shutil.rmtree(house, ignore_errors=True)
        async with running_house(house, simulation=True, port=_PORT) as machine:
            async with open_client(machine.url, machine.password) as client:
                surprises = await _play(client, plan, export_to or data / "export") if fresh else []
                played.write_text(plan.fingerprint)
                await _show(client, machine, plan)
            await _until_interrupted()
    return 1 if surprises else 0


async def _show(client: Client, machine: Machine, plan: Plan) -> None:
    platform = plan.platforms[0]
    token = await client.token(platform, "démonstration")
    key = await give_sftp_key(client, platform, machine.mailbox.with_name(f"sftp-{platform}.key"))
    await client.come_to_rest()
    sftp = f"sftp -P {machine.sftp_port} -i {key} {platform}@127.0.0.1"
    final_screen(machine.url, machine.password, str(machine.mailbox), sftp, platform, token)


async def run_up(data: Path, *, simulation: bool) -> int:
    """The house without any network; `pilotage load` brings one."""
    async with running_house(data, simulation=simulation, port=_PORT) as machine:
        sftp = f"port {machine.sftp_port} ; les clés sont dites par l’annuaire (sftp_keys)"
        final_screen(machine.url, machine.password, str(machine.mailbox), sftp)
        await _until_interrupted()
    return 0


async def _until_interrupted() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    console.print("Arrêt…")
