"""The API's reference as a page of ours, read from the OpenAPI description of the application."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """What a route may be given."""

    name: str
    place: str
    required: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """One thing that the API does."""

    method: str
    path: str
    title: str
    about: str
    room: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """The identifier of its place on the page."""
        return f"{self.method}{self.path}".replace("/", "-").replace("{", "").replace("}", "")


def list_operations(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Gather the routes under /api by room."""
    rooms: dict[str, list[Operation]] = {}
    for operation in _operations(schema):
        rooms.setdefault(operation.room, []).append(operation)
    return rooms


def _operations(schema: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in schema.get("paths", {}).items():
        for method in METHODS:
            if method in methods and path.startswith("/api/"):
                yield _operation(method, path, methods[method])


def _operation(method: str, path: str, content: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method,
        path=path,
        title=content.get("summary", path),
        about=content.get("description", ""),
        room=next(iter(content.get("tags", ())), "API"),
        parameters=tuple(_parameter(parameter) for parameter in content.get("parameters", ())),
        body=tuple(content.get("requestBody", {}).get("content", ())),
        answers=tuple((code, answer.get("description", "")) for code, answer in content.get("responses", {}).items()),
    )


def _parameter(content: Mapping[str, Any]) -> Parameter:
    schema = content.get("schema", {})
    choices = schema.get("enum") or next((way["enum"] for way in schema.get("anyOf", ()) if "enum" in way), ())
    about = content.get("description") or schema.get("description", "")
    return Parameter(
        name=content["name"],
        place=content["in"],
        required=content.get("required", False),
        about=" ".join(part for part in (about, " | ".join(map(str, choices))) if part),
    )
