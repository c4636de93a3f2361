"""Records as Kafka hands them over, made by hand: good ones, and ones that can never be heard."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from shared.events import DayBegan, Event
from shared.wire import Headers, headers_of

FIRST = date(2005, 1, 1)


@dataclass(frozen=True)
class Raw:
    """What the adapter reads of a record."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    headers: Headers = field(default_factory=list)
    key: bytes | None = None


def record_of(event: Event, offset: int, *, identity: UUID | None = None, partition: int = 0) -> Raw:
    headers = headers_of(identity or uuid4(), type(event).__name__, event.topic.writer, "2005-01-01T00:00:00+00:00")
    return Raw(event.topic.name, partition, offset, event.model_dump_json().encode(), headers, event.key.encode())


def nth_day(n: int) -> date:
    return FIRST + timedelta(days=n)


def days(count: int, start: int = 0) -> list[Raw]:
    """So many records of days that began, one day each, at offsets from `start`."""
    return [record_of(DayBegan(day=nth_day(n)), n) for n in range(start, start + count)]
