"""An open loop of corrections: each is sent at its own moment, whatever has become of those before."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from tests.bench.network import PERIOD, About, Reported

_LOOK_SECONDS = 0.004
_WAIT_SECONDS = 60.0
_STANDING = "SELECT platform, form, version FROM aggregation.standing WHERE period = $1"


@dataclass(slots=True)
class Post:
    """One correction; all moments are of the monotonic clock. The clock runs from the moment it was due to be sent."""

    about: About
    due: float
    sent: float = 0.0
    answered: float = 0.0
    status: int = 0
    version: int = 0


@dataclass(slots=True)
class Watch:
    """Looks again and again which versions the committed totals are made of."""

    house: Reported
    seen: dict[tuple[About, int], float] = field(default_factory=dict)
    looks: int = 0
    _standing: dict[About, int] = field(default_factory=lambda: defaultdict(int))

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        rows = await self.house.database.fetch(_STANDING, str(PERIOD))
        now = time.monotonic()
        self.looks += 1
        for platform, form, version in rows:
            about = About(platform, form)
            for passed in range(self._standing[about] + 1, version + 1):
                self.seen[about, passed] = now
            self._standing[about] = version

    async def wait_for(self, posts: list[Post]) -> None:
        """Until all that was accepted is seen, or for a minute."""
        give_up = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < give_up and not all(map(self.has_seen, posts)):
            await asyncio.sleep(0.02)

    def has_seen(self, post: Post) -> bool:
        return (post.about, post.version) in self.seen


async def send_openly(house: Reported, rate: int, seconds: int) -> list[Post]:
    """rate × seconds corrections, over all platforms and forms in turn; returns when all are answered."""
    draw = Random("corrections")
    turns = draw.sample(house.owed, len(house.owed))
    files = [(turns[n % len(turns)], house.sheet(turns[n % len(turns)], draw)) for n in range(rate * seconds)]
    begin = time.monotonic() + 0.1
    posts, tasks = [], []
    for number, (about, content) in enumerate(files):
        post = Post(about, begin + number / rate)
        await asyncio.sleep(post.due - time.monotonic())
        posts.append(post)
        tasks.append(asyncio.create_task(_send(house, post, content)))
    await asyncio.gather(*tasks)
    return posts


async def _send(house: Reported, post: Post, content: bytes) -> None:
    post.sent = time.monotonic()
    answer = await house.post(post.about, content)
    post.answered = time.monotonic()
    post.status = answer.status_code
    if post.status == 201:
        post.version = answer.json()["version"]
