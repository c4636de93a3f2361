"""The API's reference as a page of ours, read from the OpenAPI description of the application."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
# What the framework says by itself, in English.
ANSWERS = {"Successful Response": "Réussite", "Validation Error": "Paramètres absents ou non valides"}


@dataclass(frozen=True)
class Parameter:
    """What a route may be given."""

    name: str
    place: str
    required: bool
    about: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One thing that the API does; without a title of its own, its description (in English) stands for it."""

    method: str
    path: str
    title: str
    about: str
    room: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    is_titled: bool = True

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
    is_titled, about = _is_titled(content), content.get("description", "")
    return Operation(
        method=method,
        path=path,
        title=content.get("summary", path) if is_titled else about,
        about=about if is_titled else "",
        is_titled=is_titled,
        room=next(iter(content.get("tags", ())), "API"),
        parameters=tuple(_parameter(parameter) for parameter in content.get("parameters", ())),
        body=tuple(content.get("requestBody", {}).get("content", ())),
        answers=tuple(_answers(content.get("responses", {}))),
    )


def _is_titled(content: Mapping[str, Any]) -> bool:
    """Tell a title that was written from one that the framework made of the function's name."""
    made_of = content.get("summary", "").lower().replace(" ", "_")
    return not content.get("operationId", "").startswith(f"{made_of}_")


def _answers(responses: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for code, answer in responses.items():
        said = answer.get("description", "")
        yield code, ANSWERS.get(said, said)


def _parameter(content: Mapping[str, Any]) -> Parameter:
    schema = content.get("schema", {})
    choices = schema.get("enum") or next((way["enum"] for way in schema.get("anyOf", ()) if "enum" in way), ())
    return Parameter(
        name=content["name"],
        place=content["in"],
        required=content.get("required", False),
        about=content.get("description") or schema.get("description", ""),
        choices=tuple(map(str, choices)),
    )
