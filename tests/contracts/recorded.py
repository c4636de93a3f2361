"""Events as they were recorded from Kafka, one file each, and what it takes to say one again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import EVENTS, Event
from shared.transaction import Transaction

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record: its headers, its key and its JSON value."""

    headers: dict[str, str]
    key: str
    body: Any

    @property
    def raw_headers(self) -> list[tuple[str, bytes]]:
        return [(name, value.encode()) for name, value in self.headers.items()]

    @property
    def value(self) -> bytes:
        return json.dumps(self.body).encode()

    @property
    def identity(self) -> UUID:
        return UUID(self.headers["ce_id"])


def recorded(name: str, folder: str = "examples") -> Recorded:
    return Recorded(**json.loads((HERE / folder / f"{name}.json").read_text(encoding="utf-8")))


def recorded_names(folder: str) -> list[str]:
    return sorted(path.stem for path in (HERE / folder).glob("*.json"))


class _Session:
    """Takes what a transaction would insert into its outbox."""

    def __init__(self) -> None:
        self.inserted: dict[str, list[str]] = {}

    async def execute(self, _: object, parameters: dict[str, Any]) -> None:
        if "bodies" in parameters:
            self.inserted = parameters


async def outbox_row(event: Event) -> dict[str, str]:
    """What the topic's writer leaves in its outbox when it says the event."""
    session = _Session()
    work = Transaction(cast(AsyncSession, session), event.topic.writer)
    work.say(event)
    await work.flush_said()
    return {name: values[0] for name, values in session.inserted.items()}


ALL_NAMES = sorted(EVENTS)
