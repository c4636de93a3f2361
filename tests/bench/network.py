"""A house in which an invented network has reported one quarter: what the load of two parts is put on."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import asyncpg
import httpx

from services.cli.client import Client, open_client
from services.cli.machine import Machine, running_house
from services.cli.sample import write_sample
from services.cli.screens import step
from shared.forms import FORMS
from shared.network import Member, Network
from shared.periods import Period
from tests.bench.sizes import Sizes

PERIOD = Period.parse("2024-T1")
REPORTED_ON = PERIOD.last_day + timedelta(days=8)


class About(NamedTuple):
    """Who owes which form of the quarter."""

    platform: str
    form: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A running house, its network, and ways in: the API as admin, the platforms' tokens, PostgreSQL as its owner."""

    machine: Machine
    client: Client
    http: httpx.AsyncClient
    database: "asyncpg.Connection[asyncpg.Record]"
    network: Network
    tokens: dict[str, str]
    owed: list[About]

    def members(self, about: About) -> list[Member]:
        return self.network.performers(about.platform, FORMS[about.form].services[0], PERIOD.last_day)

    def sheet(self, about: About, draw: Random) -> bytes:
        """A file that is accepted: one line per member, with other figures at each call."""
        form = FORMS[about.form]
        lines = [";".join(["organisme", *(column.name for column in form.measures)])]
        for member in self.members(about):
            # Falling, because no more companies than cases are believed.
            figures = sorted((draw.randint(1, 9_999) for _ in form.measures), reverse=True)
            lines.append(";".join([member.code, *map(str, figures)]))
        return ("\n".join(lines) + "\n").encode()

    async def post(self, about: About, content: bytes) -> httpx.Response:
        return await self.http.post(
            "/api/v1/submissions",
            params={"form": about.form, "period": str(PERIOD)},
            files={"file": (f"{about.form}_{about.platform}_{PERIOD}.csv", content)},
            headers={"Authorization": f"Bearer {self.tokens[about.platform]}"},
        )


def plain(url: str) -> str:
    """The address as asyncpg reads it."""
    return url.replace("postgresql+asyncpg://", "postgresql://")


@asynccontextmanager
async def reported_quarter(sizes: Sizes) -> AsyncIterator[Reported]:
    """Every platform has sent version 1 of what it owes, and the house is at rest."""
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
        write_sample(Path(folder) / "sample", members=sizes.members, platforms=sizes.platforms, years=1)
        document = json.loads((Path(folder) / "sample" / "network.json").read_text(encoding="utf-8"))
        async with (
            running_house(Path(folder) / "data", simulation=True) as machine,
            open_client(machine.url, machine.password) as client,
            httpx.AsyncClient(base_url=machine.url, timeout=60, limits=httpx.Limits(max_connections=None)) as http,
        ):
            database = await asyncpg.connect(plain(machine.infra.database_url))
            try:
                network = Network.model_validate(document)
                await client.put_registry(document)
                tokens = {platform.code: await client.token(platform.code) for platform in network.platforms}
                house = Reported(machine, client, http, database, network, tokens, _owed(network))
                await _report_once(house)
                yield house
            finally:
                await database.close()


def _owed(network: Network) -> list[About]:
    return [
        About(platform.code, form.code)
        for platform in network.platforms
        for form in FORMS.values()
        if form.kind == "quarterly" and network.owes(platform.code, form, PERIOD)
    ]


async def _report_once(house: Reported) -> None:
    await begin(house, REPORTED_ON)
    draw = Random("first versions")
    for about in house.owed:
        answer = await house.post(about, house.sheet(about, draw))
        if answer.status_code != 201:
            raise RuntimeError(f"{about} : {answer.status_code} {answer.text[:500]}")
    await house.client.come_to_rest()
    step(f"{len(house.owed)} premiers dépôts reçus")


async def begin(house: Reported, day: date) -> None:
    await house.client.begin_days(day)
    await house.client.come_to_rest()
