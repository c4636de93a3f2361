"""The door that a soak knocks at: a real `pilotage serve` on a real PostgreSQL, its registry and calendar heard."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded.folder import free_port
from deploy.embedded.supervisor import Child, Supervisor
from services.cli.machine import PROJECT
from shared.settings import Settings
from tests.shared.house import House, open_house
from tests.soak.tables import PLATFORM, SENT_ON, soak_network
from tests.soak.watching import Watch

SUBMISSIONS = "/api/v1/submissions"


@dataclass
class Door:
    """Where it answers, who watches its memory, and the house behind it."""

    port: int
    http: httpx.AsyncClient
    house: House
    watch: Watch
    supervisor: Supervisor
    deaths: list[int] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return self.house.of(PLATFORM)

    @property
    def pid(self) -> int:
        return self.supervisor.pids()["serve"]

    async def send(self, content: bytes, form: str, period: str, name: str = "") -> httpx.Response:
        params = {"form": form, "period": period, "file_name": name}
        return await self.http.post(SUBMISSIONS, params=params, content=content, headers=self.headers)

    async def ended(self, answer: httpx.Response) -> httpx.Response:
        """Of a file taken with 202, the submission that it became; any other answer as it is."""
        if answer.status_code != 202:
            return answer
        while True:
            progress = (await self.http.get(answer.headers["location"], headers=self.headers)).json()
            if progress["state"] not in ("waiting", "judging"):
                return await self.http.get(f"{SUBMISSIONS}/{progress['submission']}", headers=self.headers)
            await asyncio.sleep(0.05)

    async def submissions(self) -> int:
        [row] = await self.house.rows("ingestion", "SELECT count(*) AS n FROM submission")
        return int(row.n)


def _environment(settings: Settings, url: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "PILOTAGE_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "PILOTAGE_DATABASE__URL": settings.database.url.get_secret_value(),
        "PILOTAGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PILOTAGE_PUBLIC_URL": url,
        "PILOTAGE_SIMULATION": "true",
    }


@asynccontextmanager
async def open_door(settings: Settings, folder: Path) -> AsyncIterator[Door]:
    """On 1 February 2006, when every period of 2005 is open."""
    deaths: list[int] = []
    supervisor = Supervisor(folder, lambda _, code, __: deaths.append(code))
    async with open_house(settings) as house:
        await house.put_registry(soak_network())
        await house.issue(PLATFORM)
        await house.begin(SENT_ON)
        await house.carry()
        port = free_port(set())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
            supervisor.add(_serve(settings, port, http))
            await supervisor.start()
            try:
                with Watch(supervisor.pids) as watch:
                    yield Door(port, http, house, watch, supervisor, deaths)
            finally:
                await supervisor.stop()


def _serve(settings: Settings, port: int, http: httpx.AsyncClient) -> Child:
    async def answers() -> bool:
        try:
            return (await http.get("/health")).status_code == 200
        except httpx.TransportError:
            return False

    argv = (sys.executable, "-m", "services.cli.main", "serve", "ingestion", "--port", str(port))
    env = _environment(settings, str(http.base_url))
    return Child("serve", argv, env=env, ready=answers, cwd=PROJECT)


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """Empty where the body is no JSON object."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
