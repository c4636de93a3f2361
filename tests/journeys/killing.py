"""Kills processes at random, each while work is outstanding, and remembers whom, when and during what."""

import asyncio
import random
from dataclasses import dataclass, field

from deploy.embedded.supervisor import Supervisor
from services.cli.client import Client

NOT_VICTIMS = ("mailbox",)  # it stands for a mail server elsewhere


@dataclass(slots=True)
class Killer:
    """Goes through every kind of process at least twice, in an order and at moments drawn from the seed.

    The kills are spread over the load: its `files` are cut into as many slices as there are kills.
    """

    supervisor: Supervisor
    client: Client
    seed: int
    kills: int
    files: int
    sent: int = 0
    log: list[str] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def victims(self) -> list[str]:
        kinds = sorted(name for name in self.supervisor.pids() if name not in NOT_VICTIMS)
        rounds = [self._random.sample(kinds, len(kinds)) for _ in range(self.kills // len(kinds) + 1)]
        return [name for one_round in rounds for name in one_round][: self.kills]

    async def run(self) -> None:
        """Returns when all kills are done; a victim is up again before the next one is chosen."""
        for n, name in enumerate(self.victims()):
            await self._reach((n + self._random.random()) * self.files / (self.kills + 1))
            outstanding = await self._some_work()
            pid = self.supervisor.kill(name)
            self.log.append(
                f"{name} (pid {pid}) killed at file {self.sent}; outstanding: {'; '.join(outstanding)[:120]}"
            )
            await self.supervisor.wait_ready(name, timeout=90)

    def count(self, _day: str, sent: int) -> None:
        """Told by the load."""
        self.sent += sent

    async def _reach(self, files: float) -> None:
        while self.sent < files:
            await asyncio.sleep(0.01)
        await asyncio.sleep(self._random.uniform(0, 0.3))

    async def _some_work(self) -> list[str]:
        while not self.client.outstanding:
            await asyncio.sleep(0.001)
        return list(self.client.outstanding)
