"""What is shown of messages and reminders; PostgreSQL leaves out what is another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.notification.domain.messages import KINDS
from services.notification.tables.attempts import attempts_of, bounced_addresses
from shared.transaction import Transaction

_FILTER = """
FROM message JOIN letter ON letter.sha256 = message.letter
WHERE kind = coalesce(CAST(:kind AS text), kind) AND day = coalesce(CAST(:day AS date), day)
  AND recipient = coalesce(CAST(:recipient AS text), recipient) AND state = coalesce(CAST(:state AS text), state)
"""
_RECIPIENT_NAME = """
(SELECT known.body ->> 'name' FROM registry_subject AS known
 WHERE known.kind = message.recipient_kind AND known.code = message.recipient) AS recipient_name
"""
_COLUMNS = f"""
SELECT id, kind, subject, recipient, version, day, title, state, attempts, created_at, sent_at, last_error,
       coalesce(addresses, '{{}}') AS addresses, {_RECIPIENT_NAME}
"""
# A bundle's messages are all made at once: within a day, only kind and recipient are an order that can be read.
_READABLE = """
ORDER BY day DESC, array_position(CAST(:kinds AS text[]), kind),
         array_position(ARRAY['central', 'platform', 'member'], recipient_kind), recipient, created_at DESC, id
LIMIT :limit OFFSET :offset
"""
_ONE = f"""
SELECT message.*, title, {_RECIPIENT_NAME}, html.bytes AS html_bytes, plain.bytes AS text_bytes
FROM message JOIN letter ON letter.sha256 = message.letter
JOIN content AS html ON html.sha256 = letter.html JOIN content AS plain ON plain.sha256 = letter.text
WHERE id = :id
"""
_ENCLOSURES = """
SELECT position, name, media_type, length(bytes) AS size
FROM enclosure JOIN content ON content.sha256 = enclosure.content WHERE letter = :letter ORDER BY position
"""
_ENCLOSED = """
SELECT name, media_type, bytes FROM message JOIN enclosure USING (letter)
JOIN content ON content.sha256 = enclosure.content WHERE message.id = :id AND position = :position
"""
_REMINDERS = """
SELECT platform, form, period, reminder.day, step, state
FROM reminder JOIN message ON message.id = reminder.message ORDER BY platform, form, period, reminder.day, step
"""


class MessageShown(BaseModel):
    """A message as the list gives it."""

    id: UUID
    kind: str
    subject: str
    recipient: str
    recipient_name: str | None
    version: int
    day: date
    title: str
    state: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str | None
    addresses: list[str]


class ReminderShown(BaseModel):
    """One form that a platform was reminded of; `state` is that of the mail that names it."""

    platform: str
    form: str
    period: str
    day: date
    step: int
    state: str


class AttemptShown(BaseModel, from_attributes=True):
    """An attempt to send, or several in a row that found no server."""

    first_at: datetime
    last_at: datetime
    times: int
    addresses: list[str]
    outcome: str
    answer: str | None


class BounceShown(BaseModel, from_attributes=True):
    """An address that was refused for good the last time; `message` is the last one that met it."""

    recipient_kind: str
    recipient: str
    recipient_name: str | None
    address: str
    answer: str
    first_at: datetime
    last_at: datetime
    times: int
    message: UUID


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; None = all."""

    kind: str | None = None
    day: date | None = None
    recipient: str | None = None
    state: str | None = None

    def parameters(self) -> dict[str, Any]:
        return {"kind": self.kind, "day": self.day, "recipient": self.recipient, "state": self.state}


async def count_messages(work: Transaction, filters: Filters) -> int:
    return int((await work.execute(f"SELECT count(*) {_FILTER}", filters.parameters())).scalar_one())


async def newest_messages(work: Transaction, filters: Filters, limit: int, offset: int) -> list[MessageShown]:
    """The newest day first; within a day by kind, then UESL, the platforms, the members, each by their code."""
    parameters = {**filters.parameters(), "kinds": list(KINDS), "limit": limit, "offset": offset}
    rows = await work.execute(f"{_COLUMNS} {_FILTER} {_READABLE}", parameters)
    return [MessageShown.model_validate(dict(row._mapping)) for row in rows]


async def messages_as_rows(work: Transaction, filters: Filters) -> Sequence[Sequence[Any]]:
    query = f"SELECT kind, subject, recipient, version, day {_FILTER} ORDER BY kind, subject, recipient, version"
    return (await work.execute(query, filters.parameters())).all()


async def find_message(work: Transaction, identity: UUID) -> Any:
    """The message with its letter's two bodies; None where it is another's."""
    return (await work.execute(_ONE, {"id": identity})).one_or_none()


def shown(message: Any) -> MessageShown:
    """What the API tells of a message found."""
    values = dict(message._mapping)
    return MessageShown.model_validate({**values, "addresses": values["addresses"] or []})


async def attempts_shown(work: Transaction, message: UUID) -> list[AttemptShown]:
    return [AttemptShown.model_validate(row) for row in await attempts_of(work, message)]


async def bounces_shown(work: Transaction) -> list[BounceShown]:
    return [BounceShown.model_validate(row) for row in await bounced_addresses(work)]


async def enclosures_of(work: Transaction, letter: str) -> Sequence[Any]:
    return (await work.execute(_ENCLOSURES, {"letter": letter})).all()


async def find_enclosure(work: Transaction, identity: UUID, position: int) -> Any:
    return (await work.execute(_ENCLOSED, {"id": identity, "position": position})).one_or_none()


async def reminders_made(work: Transaction) -> list[ReminderShown]:
    return [ReminderShown.model_validate(dict(row._mapping)) for row in await work.execute(_REMINDERS)]
