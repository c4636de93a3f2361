"""The API's description as served: every answer that a route can give is declared, refusals (RFC 9457) too."""

from collections.abc import Iterator
from typing import Any, Literal, get_args

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

# Each is the one before with fewer people: whoever asks; whoever is signed in; the network (all but auditors, who are
# no actors of it); UESL, with the admin; the admin alone.
Right = Literal["anybody", "signed_in", "network", "uesl", "admin"]
RIGHTS: tuple[Right, ...] = get_args(Right)
Declared = dict[int | str, dict[str, Any]]

TITLES = {
    400: "Demande illisible",
    401: "Connexion requise",
    403: "Accès refusé",
    404: "Introuvable",
    405: "Méthode non permise",
    409: "Conflit",
    410: "Plus conservé",
    413: "Trop volumineux",
    422: "Demande refusée",
    429: "Trop de demandes",
    501: "Pas encore disponible",
    503: "Momentanément indisponible",
}
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


class ToldProblem(BaseModel):
    """Why nothing was done, in French; some problems tell more under names of their own."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str


def problems(*statuses: int) -> Declared:
    """The refusals of a route, beside those that every route of its kind can give."""
    return {status: _refusal(status) for status in statuses}


def refused_with(model: type[BaseModel], description: str) -> dict[str, Any]:
    """A problem that tells all that the model does, which is another answer of the route; or one of the others."""
    more = {"allOf": [PROBLEM_SCHEMA, {"$ref": f"#/components/schemas/{model.__name__}"}]}
    return {**_refusal(422, {"anyOf": [more, PROBLEM_SCHEMA]}), "description": description}


def files(*media_types: str) -> Declared:
    """Files that a route answers, alone (`response_class=Response`) or beside its JSON."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"content": dict.fromkeys(media_types, binary)}}


def _refusal(status: int, schema: dict[str, Any] = PROBLEM_SCHEMA) -> dict[str, Any]:
    told: dict[str, Any] = {"description": TITLES[status], "content": {"application/problem+json": {"schema": schema}}}
    if header := _HEADERS.get(status):
        told["headers"] = {header: {"required": True, "schema": {"type": "string"}}}
    return told


def describe(app: FastAPI) -> dict[str, Any]:
    """Made once."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        for route in all_routes(app):
            for method in (route.methods or ()) if route.include_in_schema else ():
                _complete(schema["paths"][route.path_format][method.lower()], route)
        schemas = schema["components"]["schemas"]
        for name in _FRAMEWORKS_OWN:
            schemas.pop(name, None)
        schemas["Problem"] = ToldProblem.model_json_schema()
    return app.openapi_schema or {}


def all_routes(router: FastAPI | APIRouter) -> Iterator[APIRoute]:
    """Those of the routers included, too: they are included as they are, without a prefix."""
    for route in router.routes:
        if isinstance(inner := getattr(route, "original_router", None), APIRouter):
            yield from all_routes(inner)
        elif isinstance(route, APIRoute):
            yield route


def methods_at(app: FastAPI, path: str) -> set[str]:
    """Of all routes of that path: Starlette knows of the first alone."""
    return {method for route in all_routes(app) if route.path_regex.match(path) for method in route.methods or ()}


def right_of(route: APIRoute) -> Right:
    """Who may pass, as the guard among the route's dependencies says."""
    rights: list[Right] = [right for call in _calls(route.dependant) if (right := getattr(call, "right", None))]
    return max(rights, key=RIGHTS.index, default="anybody")


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    """What FastAPI cannot know: our refusals, which are no JSON of its own."""
    declared = operation["responses"]
    for status in _refusals_of(operation, route):
        if str(status) not in declared or (status == 422 and _is_the_frameworks(declared["422"])):
            declared[str(status)] = _refusal(status)
    operation["responses"] = dict(sorted(declared.items()))


def _refusals_of(operation: dict[str, Any], route: APIRoute) -> Iterator[int]:
    right = right_of(route)
    yield 503
    if right != "anybody":
        yield 401
    if right not in ("anybody", "signed_in"):
        yield 403
    if "{" in route.path_format:
        yield 404
    if "requestBody" in operation:
        yield from (400, 413)
    if "requestBody" in operation or operation.get("parameters"):
        yield 422


def _is_the_frameworks(response: dict[str, Any]) -> bool:
    return any(name in str(response) for name in _FRAMEWORKS_OWN)
