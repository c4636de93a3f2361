"""What every room's routes share: who asks, the room's database, refusals as problem+json or a French page."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.security import HTTPBearer
from pydantic import Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from starlette.exceptions import HTTPException

from shared.clock import system_clock
from shared.database import Database
from shared.described import TITLES, Right, describe, methods_at
from shared.hearing import is_transient
from shared.journal_web import KeepJournal
from shared.network_facts import Day
from shared.pages.pages import Pages, mount_static
from shared.pages.security import SecureHeaders, same_origin, wants_page
from shared.pages.words import SIGN_IN
from shared.readings import NoRegistry, current_day
from shared.room import Room
from shared.security import Role, Viewer, read_session, still_valid, viewer_of_token
from shared.settings import Settings

SESSION_COOKIE = "pilotage_session"
# A file over its own limit (256 MiB) still gets a verdict; what is larger than that is not even read.
MAX_BODY_BYTES = 300 * 1024 * 1024
# Days that may be asked for: each has one before and one after it.
FIRST_ASKED, LAST_ASKED = date(1900, 1, 1), date(9998, 12, 31)
AskedDay = Annotated[Day, Field(ge=FIRST_ASKED, le=LAST_ASKED)]
_UNSTORABLE_TEXT = ("22021", "22P05")
_bearer = HTTPBearer(auto_error=False, description="Jeton d’une Plate-forme, ou session de l’administrateur")


class Problem(Exception):
    """A refusal said to the user (RFC 9457); `detail` is a French sentence."""

    def __init__(self, status: int, detail: str, *, code: str | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code, self.more = status, detail, code, more

    def body(self) -> dict[str, Any]:
        kind = f"urn:pilotage:{self.code}" if self.code else "about:blank"
        title = TITLES.get(self.status, "Erreur")
        return {"type": kind, "title": title, "status": self.status, "detail": self.detail, **self.more}


class MustSignIn(Problem):
    """Nobody, or nobody known, is signed in."""

    def __init__(self) -> None:
        super().__init__(401, "Jeton absent, inconnu ou révoqué. Connectez-vous, ou présentez un jeton valide.")


def not_found() -> Problem:
    """The same answer for what does not exist and for what is another's."""
    return Problem(404, "Cette ressource n’existe pas.")


def settings_of(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


def pages_of(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


def day_written(text: str) -> date | None:
    """The day that a field of a page says; None where it says none that may be asked for."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_ASKED <= day <= LAST_ASKED else None


def database_of(room: str) -> Callable[[Request], Database]:
    """A dependency: the room's own door to PostgreSQL."""

    def find(request: Request) -> Database:
        return cast(dict[str, Room], request.app.state.rooms)[room].database

    return find


def is_behind_tls(request: Request) -> bool:
    return settings_of(request).is_behind_tls


def session_cookie(request: Request) -> str:
    """Behind TLS no other host, nor a page without TLS, can plant a cookie of that name."""
    return f"__Host-{SESSION_COOKIE}" if is_behind_tls(request) else SESSION_COOKIE


def _presented(request: Request) -> tuple[str | None, bool]:
    """The credential presented and whether it came by cookie."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip(), False
    return request.cookies.get(session_cookie(request)), True


async def find_viewer(request: Request, database: Database) -> Viewer | None:
    """Who asks, from a Bearer token, a Bearer session or the session cookie."""
    presented, by_cookie = _presented(request)
    if not presented or len(presented) > 2000:
        return None
    if by_cookie and request.method not in ("GET", "HEAD") and not same_origin(request):
        raise Problem(403, "Cette demande ne vient pas de nos pages.")
    session = read_session(settings_of(request).secret_key.get_secret_value(), presented)
    async with database.transaction() as work:
        if session is None:
            return None if by_cookie else await viewer_of_token(work, presented)
        return session if await still_valid(work, session) else None


@dataclass(frozen=True, slots=True)
class Guard:
    """A dependency: who is signed in, as the room knows it; 401 for nobody (a page leads to the sign-in), 403 for
    whoever has not the right."""

    room: str
    right: Right

    async def __call__(self, request: Request, _: Annotated[Any, Depends(_bearer)]) -> Viewer:
        viewer = await find_viewer(request, database_of(self.room)(request))
        if viewer is None:
            raise MustSignIn
        request.state.viewer, request.state.room = viewer, self.room
        if viewer.role not in _HOLDERS[self.right]:
            raise Problem(403, _RESERVED[self.right])
        return viewer


_NETWORK = frozenset[Role](("uesl", "platform", "member", "admin"))
_HOLDERS: dict[Right, frozenset[Role]] = {
    "signed_in": _NETWORK | {"auditor"},
    "network": _NETWORK,
    "uesl": frozenset(("uesl", "admin")),
    "admin": frozenset(("admin",)),
}
_RESERVED: dict[Right, str] = {
    "network": "Cette page est réservée aux acteurs du réseau.",
    "uesl": "Cette opération est réservée à l’UESL.",
    "admin": "Cette opération est réservée à l’administrateur.",
}


def anyone_at(room: str) -> Guard:
    """Auditors too: only what they are shown by their `sees`, or what is each person's own."""
    return Guard(room, "signed_in")


def viewer_at(room: str) -> Guard:
    """Whoever belongs to the network; an auditor is no actor of it."""
    return Guard(room, "network")


def uesl_at(room: str) -> Guard:
    return Guard(room, "uesl")


def admin_at(room: str) -> Guard:
    return Guard(room, "admin")


async def page_context(request: Request, database: Database, viewer: Viewer | None) -> dict[str, Any]:
    """What the layout shows around every page: who is signed in, and the day of a simulation."""
    if not settings_of(request).simulation:
        return {"viewer": viewer, "simulation_day": None}
    async with database.transaction() as work:
        return {"viewer": viewer, "simulation_day": await current_day(work)}


def _refuse(request: Request, problem: Problem) -> Response:
    if wants_page(request):
        if problem.status == 401:
            return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': request.url.path})}", status_code=303)
        return pages_of(request).render_error(request, problem.status, problem.detail)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
    if problem.status in (429, 503):
        headers["Retry-After"] = str(problem.more.get("retry_after", 5))
    return JSONResponse(problem.body(), problem.status, headers, media_type="application/problem+json")


async def _on_problem(request: Request, error: Exception) -> Response:
    return _refuse(request, cast(Problem, error))


async def _on_no_registry(request: Request, _: Exception) -> Response:
    return _refuse(request, Problem(503, "L’annuaire du réseau n’a pas encore été déposé : réessayez plus tard."))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    refused = cast(HTTPException, error)
    answer = _refuse(request, Problem(refused.status_code, f"{TITLES.get(refused.status_code, 'Erreur')}."))
    answer.headers.update(refused.headers or {})
    if refused.status_code == 405:
        answer.headers["Allow"] = ", ".join(sorted(methods_at(request.app, request.url.path)))
    return answer


async def _on_invalid(request: Request, error: Exception) -> Response:
    faults = [
        {"at": [str(step) for step in fault["loc"]], "fault": fault["msg"]}
        for fault in cast(RequestValidationError, error).errors()
    ]
    return _refuse(request, Problem(422, "Des paramètres manquent ou ne sont pas valides.", faults=faults))


def _is_unstorable_text(error: Exception) -> bool:
    """PostgreSQL holds no NUL; whoever sends one is told so, whatever the parameter."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _UNSTORABLE_TEXT


async def _on_database_error(request: Request, error: Exception) -> Response:
    if _is_unstorable_text(error):
        return _refuse(request, Problem(422, "Un des textes contient un caractère qui n’est pas permis."))
    if is_transient(error):
        return _refuse(request, Problem(503, "La base de données ne répond pas : réessayez dans un instant."))
    raise error


async def _on_anything_else(request: Request, _: Exception) -> Response:
    """The cause is in the log; the user learns that nothing was done by halves."""
    return _refuse(request, Problem(500, "Le service a rencontré une erreur. Rien n’a été enregistré à moitié."))


def build_web(rooms: dict[str, Room], settings: Settings, pages: Pages) -> FastAPI:
    """One application serving the given rooms."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for room in rooms.values():
            await room.database.check_durable()
        yield
        for room in rooms.values():
            await room.database.close()

    app = FastAPI(
        title="Pilotage",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        max_body_size=MAX_BODY_BYTES,
    )
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.state.rooms, app.state.settings, app.state.pages, app.state.clock = rooms, settings, pages, system_clock
    for kind, handler in (
        (Problem, _on_problem),
        (NoRegistry, _on_no_registry),
        (HTTPException, _on_http_exception),
        (RequestValidationError, _on_invalid),
        (DBAPIError, _on_database_error),
        (NoFreeConnection, _on_database_error),
        (ConnectionError, _on_database_error),
        (TimeoutError, _on_database_error),
        (Exception, _on_anything_else),
    ):
        app.add_exception_handler(kind, handler)
    app.add_middleware(KeepJournal, rooms=rooms)
    app.add_middleware(SecureHeaders, is_behind_tls=settings.is_behind_tls)
    mount_static(app)
    for room in rooms.values():
        for router in room.routers:
            app.include_router(router)
    return app
