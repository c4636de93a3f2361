"""What every event is: frozen, written exactly, read tolerantly, changed only by addition."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.topics import Topic


class Said(BaseModel):
    """Part of an event: frozen; fields unknown to this version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Said):
    """Base of all events; the class name is the wire type."""

    topic: ClassVar[Topic]

    @property
    def key(self) -> str:
        raise NotImplementedError
