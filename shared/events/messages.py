"""What notification says on `messages`."""

from datetime import datetime
from uuid import UUID

from shared import topics
from shared.events.base import Event


class _Message(Event):
    topic = topics.MESSAGES

    message: UUID
    kind: str
    subject: str
    recipient: str
    version: int

    @property
    def key(self) -> str:
        return str(self.message)


class MessageSent(_Message):
    """The mail server has taken the message."""

    sent_at: datetime


class MessageFailed(_Message):
    """The mail server refused the message for good."""

    reason: str
