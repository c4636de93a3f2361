"""Schemathesis over the API as it is served: whatever is sent, the answer is one that the description declares.

`python -m tests.soak.schemas [--examples N] [--seed N]`
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import schemathesis
import uvicorn
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from services.ingestion.domain.signing import new_private_pem
from shared.migrations import migrate
from shared.topics import ROOMS
from tests.infrastructure import own_database, real_servers, settings_for
from tests.ingestion.sendings import assistance, send, wrong
from tests.shared.house import House, open_house

MANY = 100


@dataclass(frozen=True)
class Look:
    """How far a run goes: how many examples of each operation, and whether each bound and each method is tried, too."""

    examples: int
    seed: int = 1
    covers: bool = True


@dataclass
class Found:
    """What a run has found, each failure once with the request that shows it."""

    operations: set[str] = field(default_factory=set)
    cases: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        head = f"{self.cases} requests to {len(self.operations)} operations, {len(self.failures)} failures"
        return "\n\n".join([head, *self.failures.values()])


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[str]:
    """The house on a free port of its own."""
    config = uvicorn.Config(house.app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


async def lived_in(house: House) -> dict[str, list[str]]:
    """Two years in which PF01 and PF03 have sent what there is to be asked about; what its paths can name."""
    await house.put_registry()
    await house.issue("PF01", "PF03")
    await house.begin(date(2005, 4, 5))
    await house.carry()
    for content in (assistance(3), assistance(1), wrong(3), assistance(9, "CIL01")):
        await send(house, content)
    await send(house, assistance(1, "CIL05", "CIL06"), platform="PF03")
    await house.carry()
    await house.begin(date(2005, 5, 2))
    await house.carry()
    numbers = await house.rows("aggregation", "SELECT number FROM edition")
    return {
        "submissions": [str(row.id) for row in await house.rows("ingestion", "SELECT id FROM submission")],
        "messages": [str(row.id) for row in await house.rows("notification", "SELECT id FROM message")],
        "editions": [row.number for row in numbers],
    }


# A file is judged, whatever its bytes: what is wrong with it is its verdict. GET finds another route at this path.
_KNOWN = [
    {"include-path": "/api/v1/validations", "checks": {"negative_data_rejection": {"enabled": False}}},
    {
        "include-path": "/api/v1/submissions/preview",
        "checks": {
            name: {"enabled": False}
            for name in ("negative_data_rejection", "unsupported_method", "allow_header_conformance")
        },
    },
]


def _config(names: dict[str, list[str]], how: Look) -> SchemathesisConfig:
    known = {
        "form": ["assistance-trimestriel", "mobilite-trimestriel", "dossiers-mobilite"],
        "period": ["2005-T1", "2005-T2", "2005"],
        **names,
    }
    bound = {
        "path.submission": "submissions", "path.message": "messages", "path.number": "editions", "path.form": "form",
        "query.form": "form", "query.period": "period",
    }  # fmt: skip
    return SchemathesisConfig.from_dict(
        {
            "seed": how.seed,
            "dictionaries": {name: {"values": values} for name, values in known.items() if values},
            "parameters": {
                at: {"dictionary": name, "probability": 0.6} for at, name in bound.items() if known.get(name)
            },
            "checks": {
                # What has the right shape may break a rule of the trade, or come at the wrong time.
                "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 410, 422, 429]},
            },
            "operations": _KNOWN,
            "generation": {"max-examples": how.examples, "database": "none"},
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": how.covers}},
            "continue-on-failure": True,
            "request-timeout": 60,
        }
    )


def look(url: str, headers: dict[str, str], names: dict[str, list[str]], how: Look) -> Found:
    """Every operation of the description, as one viewer; blocks."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=_config(names, how))
    schema.config.update(headers=headers)
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            found.operations.add(event.label or "")
            found.cases += len(event.recorder.interactions)
            for what, shown in _failures(event):
                found.failures.setdefault(what, shown)
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            found.failures.setdefault(repr(event), str(event))
    return found


def _failures(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                what = f"{event.label} {check.name} {failure.title}"
                yield what, f"{what}\n{failure.message}\n{check.failure_info.code_sample}"


async def look_as(house: House, names: dict[str, list[str]], looks: dict[str, Look]) -> dict[str, Found]:
    """As each of these viewers, one after the other."""
    async with serving(house) as url:
        return {
            name: await asyncio.to_thread(look, url, house.admin if name == "admin" else house.of(name), names, how)
            for name, how in looks.items()
        }


async def soak(how: Look) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with real_servers(Path(folder)) as servers, own_database(servers.database_url) as url:
            for room in ROOMS:
                await migrate(url, room)
            async with open_house(settings_for(servers, url), ROOMS) as house:
                told = await look_as(house, await lived_in(house), {"PF01": how, "admin": how})
    for viewer, found in told.items():
        print(f"{viewer}: {found}")
    return 1 if any(found.failures for found in told.values()) else 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=MANY)
    parser.add_argument("--seed", type=int, default=1)
    asked: Any = parser.parse_args(arguments)
    os.environ.setdefault("PILOTAGE_RECEIPT_KEY", new_private_pem())
    return asyncio.run(soak(Look(asked.examples, asked.seed)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
