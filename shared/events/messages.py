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
    """The message is not sent: refused for good, put off for too long, or its recipient has no address.

    The admin may put it back; then another of these events follows, or that it was sent.
    """

    reason: str
