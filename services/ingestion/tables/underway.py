"""Large files underway: how far each is, so that its sender never looks at something that stands still."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.ingestion.tables.sent import Sent, printable
from shared.transaction import Transaction

State = Literal["waiting", "judging", "done", "interrupted", "failed"]
# Its process notes every few seconds that it lives; after this long without a note, it does not.
SILENT_SECONDS = 20

_BEGIN = """
INSERT INTO underway (id, platform, form, period, file_name, size, state)
VALUES (:id, :platform, :form, :period, :file_name, :size, 'waiting')
"""
_MOVE = """
UPDATE underway SET state = :state, rows_read = :rows_read, submission = :submission, moved_at = now()
WHERE id = :id AND state IN ('waiting', 'judging')
"""
_READ = """
SELECT id, form, period, file_name, size, rows_read, submission, begun_at, moved_at,
       CASE WHEN state IN ('waiting', 'judging') AND moved_at < now() - make_interval(secs => :silent)
            THEN 'interrupted' ELSE state END AS state
FROM underway WHERE id = :id
"""
_FORGET_OLD = "DELETE FROM underway WHERE begun_at < now() - interval '30 days'"


@dataclass(frozen=True, slots=True)
class Underway:
    """A file that was taken to be judged; `submission` once it is done."""

    id: UUID
    form: str
    period: str
    file_name: str
    size: int
    rows_read: int
    submission: UUID | None
    begun_at: datetime
    moved_at: datetime
    state: State


async def begin(work: Transaction, identity: UUID, sent: Sent) -> None:
    parameters: dict[str, Any] = {
        "id": identity,
        "platform": sent.platform,
        "form": sent.form.code,
        "period": printable(sent.period, 20),
        "file_name": printable(sent.file_name) or "sans nom",
        "size": sent.content.size,
    }
    await work.execute(_FORGET_OLD)
    await work.execute(_BEGIN, parameters)


async def move(work: Transaction, identity: UUID, state: State, rows_read: int, submission: UUID | None = None) -> None:
    """Notes that its process lives, and how far it is; what has ended moves no more."""
    await work.execute(_MOVE, {"id": identity, "state": state, "rows_read": rows_read, "submission": submission})


async def find_underway(work: Transaction, identity: UUID) -> Underway | None:
    """None for what does not exist and for what is another's."""
    row = (await work.execute(_READ, {"id": identity, "silent": SILENT_SECONDS})).one_or_none()
    return row and Underway(**row._mapping)
