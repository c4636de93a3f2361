"""The journal of access at the doors of every room: written before an answer leaves."""

import json

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import system_clock
from shared.journal import Entry, Journal
from shared.room import Room
from shared.security import Viewer

log = structlog.get_logger()

_LONGEST = 500
_UNWRITTEN = {
    "type": "about:blank",
    "title": "Momentanément indisponible",
    "status": 503,
    "detail": "Le journal des accès ne peut être écrit : réessayez dans un instant.",
}
# Who asks is not known before; whoever tries to sign in is written down all the same.
_SIGN_IN = ("/connexion", "/api/v1/sessions", "/invitation")


class KeepJournal:
    """Writes down every request of whoever is signed in, and every attempt to: the answer waits for it."""

    def __init__(self, app: ASGIApp, rooms: dict[str, Room]) -> None:
        self.app = app
        self._journals = {name: Journal(room.database) for name, room in rooms.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; a page is not shown, and a change not confirmed, before it is written down."""

        is_refused = False

        async def send_written(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and (told := _told(scope, message["status"])):
                is_refused = not await self._is_kept(*told)
                if is_refused:
                    await _refuse(send)
            if not is_refused:
                await send(message)

        if scope["type"] == "http":
            scope.setdefault("state", {})
        await self.app(scope, receive, send_written if scope["type"] == "http" else send)

    async def _is_kept(self, room: str, entry: Entry) -> bool:
        try:
            await self._journals[room].keep(entry)
        except Exception as error:
            log.error("the journal of access cannot be written", room=room, cause=repr(error)[:200])
            return False
        return True


async def _refuse(send: Send) -> None:
    """In place of the answer that nobody would know of; what was changed stays so, and can be asked for again."""
    headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(_UNWRITTEN).encode()})


def _told(scope: Scope, status: int) -> tuple[str, Entry] | None:
    """The room that was asked, and what is written down in its journal."""
    viewer: Viewer | None = scope["state"].get("viewer")
    if viewer is None and (scope["path"] not in _SIGN_IN or scope["method"] in ("GET", "HEAD")):
        return None
    entry = Entry(
        at=system_clock(),
        name=viewer.name if viewer else "",
        role=viewer.role if viewer else "",
        actor=viewer.platform or viewer.member or viewer.firm or "" if viewer else "",
        method=scope["method"],
        path=_storable(scope["path"]),
        query=_storable(scope.get("query_string", b"").decode("latin-1")) if viewer else "",
        status=status,
    )
    return scope["state"].get("room", "compliance"), entry


def _storable(text: str) -> str:
    """PostgreSQL holds no NUL."""
    return text[:_LONGEST].replace("\x00", "\ufffd")
