"""`pilotage check`: every total recomputed from the kept files by code that shares nothing with what made them."""

import csv
import os
from collections.abc import AsyncIterator

from rich.console import Console

from services.cli.client import Client, open_client
from services.cli.recomputation import Difference, KeptFile, differences, recompute_with_assumed, told_apart

console = Console()
_PAGE = 500


async def find_differences(client: Client) -> tuple[int, list[Difference]]:
    """How many totals were recomputed, and which are shown otherwise; what is only open is said and convicts nobody."""
    network = (await client.call("GET", "/api/v1/registry")).json()
    kept = [file async for file in _kept_files(client)]
    recomputed, assumed = recompute_with_assumed(network, kept)
    years = sorted({int(cell.period[:4]) for cell in recomputed} | {int(network["first_period"][:4])})
    shown: list[dict[str, str]] = []
    for year in range(years[0], years[-1] + 1):
        text = await client.text("/api/v1/tables", year=year, format="csv")
        shown += csv.DictReader(text.splitlines())
    convicted, remarked = told_apart(differences(recomputed, shown), assumed)
    _remark(remarked)
    return len(recomputed), convicted


def _remark(remarked: list[Difference]) -> None:
    """Lines that write no département were judged by the registry of their day, which is not kept."""
    if remarked:
        console.print(
            f"Remarque : {len(remarked)} chiffre(s) de région à vérifier. Le fichier ne dit pas le département, et "
            "l’annuaire d’aujourd’hui en donne peut-être un autre que celui du jour du dépôt."
        )
    for difference in remarked[:50]:
        console.print(f"  {difference}", markup=False)


async def find_faults(client: Client) -> list[str]:
    """What no sound house shows: events set aside, or heard more than once."""
    status = await client.status()
    found = []
    for room in status["rooms"]:
        if room["dead_letters"]:
            found.append(f"{room['room']} : {room['dead_letters']} événement(s) mis de côté (pilotage dlq list)")
        if room["miscounted"]:
            found.append(f"{room['room']} : des dépôts de {room['miscounted']} jour(s) entendus plus d’une fois")
    return found


async def _kept_files(client: Client) -> AsyncIterator[KeptFile]:
    offset, total = 0, 1
    while offset < total:
        page = (await client.call("GET", "/api/v1/submissions", params={"limit": _PAGE, "offset": offset})).json()
        total = page["total"]
        for one in page["submissions"]:
            if one["verdict"] == "accepted" and not one["destroyed_on"]:
                content = (await client.call("GET", f"/api/v1/submissions/{one['id']}/file")).content
                place = (one["platform"], one["form"], one["period"], one["version"])
                yield KeptFile(*place, verdict="accepted", content=content)
        offset += _PAGE


async def run_check(url: str) -> int:
    """0 where nothing differs."""
    async with open_client(url, os.environ["PILOTAGE_ADMIN_PASSWORD"]) as client:
        cells, found = await find_differences(client)
        faults = await find_faults(client)
    console.print(f"{cells} totaux recalculés depuis les fichiers conservés, {len(found)} différence(s).")
    for difference in found[:50]:
        console.print(f"  {difference}", markup=False)
    for fault in faults:
        console.print(f"  {fault}", markup=False)
    return 1 if found or faults else 0
