"""Records that could never be heard: kept with their cause, visible, and replayable once the fault is mended."""

import json
import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from shared.transaction import Transaction

if TYPE_CHECKING:
    from shared.hearing import Record
    from shared.wire import Headers

_BURY = """
INSERT INTO dead_letter (topic, partition, record_offset, key, headers, body, cause, detail)
VALUES (:topic, :partition, :offset, :key, CAST(:headers AS jsonb), :body, :cause, :detail)
ON CONFLICT (topic, partition, record_offset) DO NOTHING RETURNING id
"""
_ANNOUNCE = """
INSERT INTO outbox (id, topic, key, type, body) VALUES (:id, :topic, :key, 'DeadLetter', :body)
"""
_COLUMNS = "id, topic, partition, record_offset, key, headers, body, cause, detail, buried_at, replayed_at"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record set aside; it can be heard again like any record."""

    id: int
    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: list[tuple[str, bytes | None]]
    value: bytes
    cause: str
    detail: str
    buried_at: datetime
    replayed_at: datetime | None

    @property
    def kind(self) -> str:
        return (dict(self.headers).get("ce_type") or b"?").decode(errors="replace")


async def bury(work: Transaction, record: "Record", error: BaseException) -> None:
    """Keeps the record and says so on the room's dead-letter topic (without its body)."""
    cause = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    buried = await work.execute(
        _BURY,
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key,
            "headers": json.dumps(_written(record.headers)),
            "body": record.value or b"",
            "cause": cause,
            "detail": "".join(traceback.format_exception(error))[-8000:].replace("\x00", ""),
        },
    )
    if (letter := buried.scalar_one_or_none()) is not None:
        note = {"id": letter, "topic": record.topic, "partition": record.partition, "offset": record.offset}
        values = {"id": uuid4(), "topic": f"{work.room}-dlq", "key": str(letter), "body": json.dumps(note)}
        await work.execute(_ANNOUNCE, values)


def _written(headers: "Headers") -> list[tuple[str, str | None]]:
    """As hexadecimal digits: JSON in PostgreSQL holds no NUL, and a header may hold anything or nothing."""
    return [(name.encode().hex(), None if value is None else value.hex()) for name, value in headers]


def _letter(row: Any) -> DeadLetter:
    headers = [
        (bytes.fromhex(name).decode(), None if value is None else bytes.fromhex(value)) for name, value in row.headers
    ]
    kept = (row.cause, row.detail, row.buried_at, row.replayed_at)
    return DeadLetter(row.id, row.topic, row.partition, row.record_offset, row.key, headers, row.body, *kept)


async def list_letters(work: Transaction, *, replayed: bool = False) -> list[DeadLetter]:
    state = "" if replayed else "WHERE replayed_at IS NULL"
    rows = await work.execute(f"SELECT {_COLUMNS} FROM dead_letter {state} ORDER BY id")
    return [_letter(row) for row in rows]


async def find_letter(work: Transaction, letter: int) -> DeadLetter | None:
    rows = await work.execute(f"SELECT {_COLUMNS} FROM dead_letter WHERE id = :id", {"id": letter})
    row = rows.one_or_none()
    return _letter(row) if row else None


async def mark_replayed(work: Transaction, letter: int) -> None:
    await work.execute("UPDATE dead_letter SET replayed_at = now() WHERE id = :id", {"id": letter})
