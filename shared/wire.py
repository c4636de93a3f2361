"""Events as Kafka records: CloudEvents attributes in the headers, the JSON body as value."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.events import EVENTS, Event

Headers = Sequence[tuple[str, bytes | None]]
# A room's own reading of a type, where the event's whole model costs more than the room needs; raises Malformed.
Readers = Mapping[type[Event], Callable[[bytes], Any]]


class Malformed(ValueError):
    """The record will never be understood."""


def headers_of(identity: UUID, kind: str, room: str, said_at: str) -> list[tuple[str, bytes]]:
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(identity),
        "ce_type": kind,
        "ce_source": f"/pilotage/{room}",
        "ce_time": said_at,
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def decode(headers: Headers, value: bytes | None, readers: Readers = MappingProxyType({})) -> tuple[UUID, Any]:
    """The event's identity and the event, or what the reader of its type makes of its body.

    Malformed where it can never be read.
    """
    attributes = dict(headers)
    try:
        identity = UUID((attributes["ce_id"] or b"").decode("ascii"))
        kind = (attributes["ce_type"] or b"").decode("ascii")
    except (KeyError, ValueError) as error:
        raise Malformed(f"no readable CloudEvents headers: {error!r}") from error
    if kind not in EVENTS:
        raise Malformed(f"unknown type {kind!r}")
    if read := readers.get(EVENTS[kind]):
        return identity, read(value or b"")
    try:
        return identity, EVENTS[kind].model_validate_json(value or b"")
    except ValidationError as error:
        raise Malformed(str(_without_values(error))) from None  # whose text repeats the values


def _without_values(error: ValidationError) -> list[dict[str, Any]]:
    """The faults without the received values, which may not be shown."""
    return [{"at": fault["loc"], "fault": fault["type"]} for fault in error.errors(include_input=False)]
