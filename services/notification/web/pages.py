"""The outbox: what was sent to whom, as its recipients read it."""

from datetime import date
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.notification.domain.delivery import STATES
from services.notification.domain.messages import KINDS
from services.notification.web import reading
from services.notification.web.doors import RoomDatabase, SignedIn, Uesl, requeue
from services.notification.web.reading import Filters
from shared.clock import PARIS
from shared.pages.security import MAIL_POLICY
from shared.pages.words import Link, Paging
from shared.web import Problem, not_found, page_context, pages_of

router = APIRouter(tags=["pages"], include_in_schema=False)

PAGE = 50
STATE_NAMES = {
    "pending": "à envoyer",
    "sent": "envoyé",
    "failed": "en échec",
    "unknown": "issue inconnue",
    "declined": "non souhaité",
    "withdrawn": "retiré avant l’envoi",
}
# How an attempt ended: a word, and the colour in which it is shown.
ENDINGS = {
    "sent": ("pris par le serveur", "good"),
    "failed": ("refusé", "bad"),
    "put_off": ("remis à plus tard", "calm"),
    "unknown": ("issue inconnue", "warn"),
    "unreachable": ("serveur injoignable", "warn"),
}
# What the shared layout calls them.
BADGES = {"pending": "queued"}


def _filters(kind: str, day: str, recipient: str, state: str) -> Filters:
    """An empty field of the form does not narrow the list."""
    try:
        chosen = date.fromisoformat(day) if day else None
    except ValueError:
        raise Problem(422, "Le jour doit être une date, par exemple 2005-04-20.") from None
    return Filters(kind or None, chosen, recipient.strip() or None, state or None)


@router.get("/boite-envoi")
async def show_outbox(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    kind: str = "",
    day: str = "",
    recipient: str = "",
    state: str = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """The list, narrowed by the form above it."""
    filters = _filters(kind, day, recipient, state)
    async with database.transaction(viewer.sees) as work:
        total = await reading.count_messages(work, filters)
        messages = await reading.newest_messages(work, filters, PAGE, (page - 1) * PAGE)
        bounces = await reading.bounces_shown(work)
    return pages_of(request).render(
        request,
        "notification/outbox.html",
        **await page_context(request, database, viewer),
        messages=messages,
        bounces=bounces,
        paging=Paging(page, PAGE, total),
        chosen={"kind": kind, "day": day, "recipient": recipient, "state": state},
        kinds=[("", "Tous"), *KINDS.items()],
        kind_names=KINDS,
        state_choices=[("", "Tous"), *((name, STATE_NAMES[name]) for name in STATES)],
        badges=BADGES,
    )


@router.get("/boite-envoi/{message}")
async def show_message(request: Request, database: RoomDatabase, viewer: SignedIn, message: UUID) -> Response:
    """One message with what it carries."""
    async with database.transaction(viewer.sees) as work:
        found = await reading.find_message(work, message)
        enclosures = await reading.enclosures_of(work, found.letter) if found else ()
        attempts = await reading.attempts_shown(work, message)
    if found is None:
        raise not_found()
    return pages_of(request).render(
        request,
        "notification/message.html",
        **await page_context(request, database, viewer),
        message=found,
        dated=found.dated.astimezone(PARIS),
        text=found.text_bytes.decode(),
        enclosures=enclosures,
        attempts=attempts,
        endings=ENDINGS,
        kind_names=KINDS,
        badges=BADGES,
        breadcrumb=(Link("Boîte d’envoi", "/boite-envoi"), Link(found.title)),
    )


@router.post("/boite-envoi/{message}/retry")
async def put_back(database: RoomDatabase, _: Uesl, message: UUID) -> Response:
    """The button of a failed message; its page then shows how it stands."""
    await requeue(database, message)
    return RedirectResponse(f"/boite-envoi/{message}", status_code=303)


@router.get("/boite-envoi/{message}/html")
async def show_html(database: RoomDatabase, viewer: SignedIn, message: UUID) -> Response:
    """The mail's HTML alone, for the frame: nothing in it runs or is fetched."""
    async with database.transaction(viewer.sees) as work:
        found = await reading.find_message(work, message)
    if found is None:
        raise not_found()
    headers = {"content-security-policy": MAIL_POLICY, "cache-control": "no-store"}
    return Response(found.html_bytes, media_type="text/html", headers=headers)


@router.get("/boite-envoi/{message}/pieces/{position}")
async def download_enclosure(
    database: RoomDatabase, viewer: SignedIn, message: UUID, position: Annotated[int, Path(ge=1, le=1000)]
) -> Response:
    """A file that went along."""
    async with database.transaction(viewer.sees) as work:
        found = await reading.find_enclosure(work, message, position)
    if found is None:
        raise not_found()
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return Response(found.bytes, media_type=found.media_type, headers=headers)
