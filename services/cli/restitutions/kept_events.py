"""What the rooms have said and keep for ever, read from their outboxes as records."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import msgspec

from shared.database import Database
from shared.events import ObjectivesSet
from shared.wire import Headers, headers_of

_BATCH = 500
_SAID = """
SELECT position, id, topic, key, type, body, said_at FROM outbox
WHERE position > :after AND topic = :topic AND CAST(body AS json) ->> :field {test}
ORDER BY position LIMIT :many
"""
_OBJECTIVES = "SELECT body FROM outbox WHERE type = 'ObjectivesSet' ORDER BY position"
_ISSUES = "SELECT body FROM outbox WHERE type = 'RestitutionIssued' ORDER BY position"


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """An event of an outbox, as Kafka would hand it over; its position stands for its offset."""

    topic: str
    offset: int
    key: bytes
    value: bytes
    headers: Headers
    partition: int = 0


class SaidEdition(msgspec.Struct, frozen=True):
    """An edition as it was announced."""

    number: str
    sha256: str
    form: str
    period: str


class _Part(msgspec.Struct, frozen=True):
    day: date
    registry_version: int
    editions: list[SaidEdition]


@dataclass(frozen=True, slots=True)
class SaidIssue:
    """All that was issued together: the day, the version of the registry it was made with, the editions."""

    day: date
    registry_version: int
    editions: Sequence[SaidEdition]


async def said_issues(aggregation: Database) -> list[SaidIssue]:
    """All issues, in order."""
    decode = msgspec.json.Decoder(_Part).decode
    async with aggregation.transaction() as work:
        parts = [decode(body) for body in (await work.execute(_ISSUES)).scalars()]
    issues = groupby(parts, key=lambda part: (part.day, part.registry_version))
    return [SaidIssue(*key, [edition for part in some for edition in part.editions]) for key, some in issues]


async def said_objectives(aggregation: Database) -> list[ObjectivesSet]:
    """All that was ever wanted, in order."""
    async with aggregation.transaction() as work:
        return [ObjectivesSet.model_validate_json(body) for body in (await work.execute(_OBJECTIVES)).scalars()]


async def submissions_before(ingestion: Database, day: date) -> AsyncIterator[Sequence[KeptRecord]]:
    """Everything received before that day, in the order said, some at a time."""
    async for records in _said(ingestion, "submissions", "received_on", "< :bound", day.isoformat()):
        yield records


async def registry_until(compliance: Database, after: int, version: int) -> AsyncIterator[Sequence[KeptRecord]]:
    """The registry's subjects from the version after `after` to `version`."""
    test = "IS NOT NULL AND CAST(CAST(body AS json) ->> 'version' AS int) BETWEEN :bound AND :last"
    async for records in _said(compliance, "registry", "version", test, after + 1, last=version):
        yield [record for record in records if not record.key.startswith(b"credential/")]


async def _said(
    room: Database, topic: str, field: str, test: str, bound: Any, **more: Any
) -> AsyncIterator[Sequence[KeptRecord]]:
    position, query = 0, _SAID.format(test=test)
    while True:
        asked = {"after": position, "topic": topic, "field": field, "bound": bound, "many": _BATCH, **more}
        async with room.transaction() as work:
            records = [_record(row, room.room) for row in await work.execute(query, asked)]
        if not records:
            return
        position = records[-1].offset
        yield records


def _record(row: Any, room: str) -> KeptRecord:
    headers = headers_of(row.id, row.type, room, row.said_at.isoformat())
    return KeptRecord(row.topic, row.position, row.key.encode(), row.body.encode(), headers)
