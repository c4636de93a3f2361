"""A whole believable network made from a seed: the registry, the files its platforms send, and when."""

import csv
import json
from pathlib import Path
from random import Random

from services.cli.sample.registry import invent_network
from services.cli.sample.schedule import sendings
from services.cli.sample.sendings import Sending
from services.cli.sample.years import Years
from shared.network import Network

__all__ = ["write_sample"]


def write_sample(
    folder: Path,
    seed: int = 20050216,
    members: int = 130,
    platforms: int = 13,
    years: int = 2,
    first_year: int = 2024,
) -> None:
    """Writes `network.json`, `submissions/` and `plan.csv`; the same arguments give the same bytes."""
    covered = Years(first_year, years)
    network = invent_network(Random(f"{seed}/network"), members, platforms, covered)
    planned = sendings(Network.model_validate(network), seed, covered)
    submissions = folder / "submissions"
    submissions.mkdir(parents=True, exist_ok=True)
    (folder / "network.json").write_text(json.dumps(network, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for sending in planned:
        (submissions / sending.file).write_bytes(sending.content)
    _write_plan(folder / "plan.csv", planned)


def _write_plan(path: Path, planned: list[Sending]) -> None:
    columns = Sending._fields[:-1]
    with path.open("w", encoding="utf-8", newline="") as plan:
        writer = csv.writer(plan, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([getattr(sending, column) for column in columns] for sending in planned)
