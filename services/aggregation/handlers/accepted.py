"""What aggregation reads of submissions: the figures of an accepted one, the day of any; the rest is others'.

The whole model of the event costs more than the fold itself.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

import msgspec

from shared.events import SubmissionAccepted, SubmissionRejected
from shared.wire import Malformed, Readers


class AcceptedLine(msgspec.Struct, frozen=True, gc=False):
    """As `SubmittedLine` says them; a figure is written as text, or by others as a number."""

    line: int
    member: str
    department: str
    values: dict[str, str | int | float]
    comment: str | None = None


class Accepted(msgspec.Struct, frozen=True):
    """As `SubmissionAccepted` says it."""

    submission: UUID
    platform: str
    form: str
    period: str
    received_on: date
    version: int
    lines: list[AcceptedLine]


class Rejected(msgspec.Struct, frozen=True):
    """As `SubmissionRejected` says it."""

    received_on: date


_Read = TypeVar("_Read", Accepted, Rejected)


def _reader(kind: type[_Read]) -> Callable[[bytes], _Read]:
    decoder = msgspec.json.Decoder(kind)

    def read(body: bytes) -> _Read:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Malformed(type(error).__name__ if isinstance(error, UnicodeDecodeError) else str(error)) from None

    return read


READERS: Readers = {SubmissionAccepted: _reader(Accepted), SubmissionRejected: _reader(Rejected)}
