"""What the rooms say to one another, as an AsyncAPI 3 document made from the catalogues of topics and events."""

from functools import cache
from typing import Any
from uuid import UUID

from pydantic.json_schema import models_json_schema

from shared.events import EVENTS
from shared.topics import DEAD_LETTERS, PUBLIC_TOPICS, TOPICS, Topic
from shared.wire import headers_of

Part = dict[str, Any]

_BINDING = "0.5.0"
# In an order of their own: the catalogue's is that of the imports.
_EVENTS = dict(sorted(EVENTS.items()))
_DEAD_LETTER = "DeadLetter"
_DEAD_LETTER_SCHEMA: Part = {
    "title": _DEAD_LETTER,
    "description": "A record was set aside: where it stood, and its number at the room, which keeps it with its cause.",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "topic": {"type": "string"},
        "partition": {"type": "integer"},
        "offset": {"type": "integer"},
    },
    "required": ["id", "topic", "partition", "offset"],
}


@cache
def describe_events() -> Part:
    """The document served as `/asyncapi.json`; not to be changed by who reads it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pilotage",
            "version": "1",
            "description": "Events of the house over Kafka: CloudEvents attributes in the headers, JSON as value.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS.values()},
        "operations": _operations(),
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _said_on(topic: Topic) -> list[str]:
    """Names of the messages of a topic."""
    return [name for name, kind in _EVENTS.items() if kind.topic == topic] or [_DEAD_LETTER]


def _reference(*steps: str) -> Part:
    return {"$ref": "/".join(("#", *steps))}


def _channel(topic: Topic) -> Part:
    forever = " Kept for ever." if topic in PUBLIC_TOPICS and topic.retention_ms < 0 else ""
    return {
        "address": topic.name,
        "description": f"Written by {topic.writer} alone; the key is {topic.key}.{forever}",
        "messages": {name: _reference("components", "messages", _message_id(name, topic)) for name in _said_on(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _topic_configuration(topic),
                "bindingVersion": _BINDING,
            }
        },
    }


def _topic_configuration(topic: Topic) -> Part:
    """As the topic is created, numbers as numbers."""
    policy, *numbers = topic.config.items()
    return {policy[0]: [policy[1]], **{name: int(value) for name, value in numbers}}


def _operations() -> Part:
    sends = {f"{topic.writer}-sends-{topic.name}": _operation("send", topic) for topic in TOPICS.values()}
    receives = {
        f"{room}-receives-{topic.name}": _operation("receive", topic) | {"bindings": _group(room)}
        for topic in PUBLIC_TOPICS
        for room in topic.readers
    }
    return sends | receives


def _operation(action: str, topic: Topic) -> Part:
    messages = [_reference("channels", topic.name, "messages", name) for name in _said_on(topic)]
    return {"action": action, "channel": _reference("channels", topic.name), "messages": messages}


def _group(room: str) -> Part:
    return {"kafka": {"groupId": {"type": "string", "const": room}, "bindingVersion": _BINDING}}


def _message_id(name: str, topic: Topic) -> str:
    return f"{topic.writer}-{name}" if name == _DEAD_LETTER else name


def _messages() -> Part:
    events = {name: _message(name, kind.topic) for name, kind in _EVENTS.items()}
    letters = {_message_id(_DEAD_LETTER, topic): _message(_DEAD_LETTER, topic) for topic in DEAD_LETTERS.values()}
    return events | letters


def _message(name: str, topic: Topic) -> Part:
    return {
        "name": name,
        "title": name,
        "contentType": "application/json",
        "headers": _headers(name, topic),
        "payload": _reference("components", "schemas", name),
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": _BINDING}},
    }


def _headers(name: str, topic: Topic) -> Part:
    """The headers that the relay writes: those that vary by their format, the others by their value."""
    varying: Part = {"ce_id": {"format": "uuid"}, "ce_time": {"format": "date-time"}}
    written = [(key, value.decode()) for key, value in headers_of(UUID(int=0), name, topic.writer, "")]
    properties = {key: {"type": "string", **varying.get(key, {"const": value})} for key, value in written}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schemas() -> Part:
    """The bodies as they are written, each part under its own name."""
    kinds = [(kind, "serialization") for kind in _EVENTS.values()]
    _, schema = models_json_schema(kinds, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {**schema["$defs"], _DEAD_LETTER: _DEAD_LETTER_SCHEMA}
