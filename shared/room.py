"""A room as wired by its `app`: what it hears, what it does each day, what it serves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import APIRouter

from shared.database import Database
from shared.events import Event
from shared.transaction import Transaction
from shared.wire import Readers

E = TypeVar("E", covariant=True)


class NotReady(Exception):
    """Raised by a day's work: something that it needs is still to be heard; it is tried again when more is."""


class Heard(NamedTuple, Generic[E]):
    """An event and the partition it came by."""

    event: E
    partition: int


OneByOne = Callable[[Transaction, Any], Awaitable[None]]
Together = Callable[[Transaction, Sequence[Heard[Any]]], Awaitable[None]]
DayWork = Callable[[Transaction, date], Awaitable[None]]
Background = Callable[[], Awaitable[None]]
Pending = Callable[[Transaction], Awaitable[Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Room:
    """One room of the house.

    hears: one function per event; together: functions that take all events of their types in a batch at once;
    readers: the room's own reading of a type of event, where it has one;
    work_day: done once per day, in order, when everything received before that day has been heard; or NotReady;
    background: loops of the `work` process; pending: what is still to be done, by name (all zero = at rest);
    gathers_seconds: taken between two batches, so that a steady stream is worked in fewer of them.
    """

    name: str
    database: Database
    hears: Mapping[type[Event], OneByOne] = field(default_factory=dict)
    together: Mapping[tuple[type[Any], ...], Together] = field(default_factory=dict)
    readers: Readers = field(default_factory=dict)
    work_day: DayWork | None = None
    background: Sequence[Background] = ()
    pending: Pending | None = None
    routers: Sequence[APIRouter] = ()
    gathers_seconds: float = 0.0

    def understands(self, kind: type[Any]) -> bool:
        return kind in self.hears or kind in self.readers or any(kind in kinds for kinds in self.together)
