"""A house in which a small network has lived its first four months."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from services.cli.client import Client, open_client
from services.cli.machine import Machine, running_house
from services.cli.plan import Plan, read_plan
from services.cli.replay import replay_plan
from services.cli.sample import write_sample
from services.cli.sample.sendings import Due, good_sheet
from services.cli.sample.writing import written
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period
from shared.web import SESSION_COOKIE
from tests.infrastructure import house_servers

# Three days after the due day: edition 1 is out, and who still owes has been reminded four times.
LAST_DAY = date(2024, 5, 3)
PERIOD = "2024-T1"
FORM = "assistance-trimestriel"
SEED = 20050216


@dataclass(frozen=True, slots=True)
class Lived:
    """The house, what was sent to it, and how to get in."""

    machine: Machine
    client: Client
    plan: Plan

    @property
    def url(self) -> str:
        return self.machine.url

    @property
    def owing(self) -> str:
        """The platform of which no file of the form has been accepted yet."""
        accepted = {one.platform for one in self.plan.sendings if one.expect == "accepted" and one.form == FORM}
        return next(platform for platform in self.plan.platforms if platform not in accepted)

    @property
    def another(self) -> str:
        return next(platform for platform in self.plan.platforms if platform != self.owing)

    def good_file(self) -> bytes:
        """What the owing platform owes, without a fault."""
        network = Network.model_validate(self.plan.registry)
        return written(good_sheet(network, Due(self.owing, FORMS[FORM], Period.parse(PERIOD)), SEED))

    async def api(self, path: str, **params: str) -> Any:
        """What programs are told, as the admin."""
        return (await self.client.call("GET", f"/api/v1/{path}", params=params)).json()

    async def sign_in(self, **credential: str) -> str:
        """The cookie of who signs in on the page."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            answer = await http.post("/connexion", data=credential, headers={"Origin": self.url})
        return answer.cookies[SESSION_COOKIE]


@asynccontextmanager
async def lived_house(folder: Path) -> AsyncIterator[Lived]:
    """Everything sent up to the last day has been heard, counted and mailed."""
    write_sample(folder / "network", seed=SEED, members=12, platforms=3, years=1)
    plan = read_plan(folder / "network")
    plan = replace(plan, sendings=[one for one in plan.sendings if one.sent <= LAST_DAY], last_day=LAST_DAY)
    data = folder / "data"
    async with (
        running_house(data, simulation=True, elsewhere=house_servers(data)) as machine,
        open_client(machine.url, machine.password) as client,
    ):
        replayed = await replay_plan(client, plan, lambda _day, _sent: None)
        assert replayed.surprises == []
        yield Lived(machine, client, plan)
