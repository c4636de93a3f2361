"""The due days as a calendar to subscribe to, behind an address that only its holder knows."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.compliance.domain.feed import feed_events
from services.compliance.domain.ics import MEDIA_TYPE, calendar_text
from services.compliance.tables.arrivals import known_arrivals
from services.compliance.tables.calendar_feeds import find_feed, make_feed
from services.compliance.tables.extensions import due_days
from services.compliance.web.doors import RoomDatabase, SignedIn
from shared.described import files
from shared.pages.words import Link
from shared.readings import read_network, today
from shared.web import Problem, not_found, page_context, pages_of, settings_of

router = APIRouter(tags=["obligations"])


@router.get(
    "/api/v1/calendars/{secret}/echeances.ics",
    summary="Lire son calendrier d’échéances (iCalendar)",
    response_class=Response,
    responses=files("text/calendar"),
)
async def read_feed(request: Request, database: RoomDatabase, secret: str) -> Response:
    """Whoever has the address reads it: it holds nothing but due days and whether something has come."""
    settings = settings_of(request)
    async with database.transaction() as work:
        feed = await find_feed(work, secret)
        if feed is None:
            raise not_found()
        network, days = await read_network(work), await due_days(work)
        day = await today(work, settings.simulation, request.app.state.clock)
        arrivals = await known_arrivals(work)
    events = feed_events(network, arrivals, day, days, feed.platform, settings.base_url)
    whose = network.platform(feed.platform)
    name = f"Échéances CIL-PASS – {whose.name if whose else 'réseau'}"
    text = calendar_text(name, events, request.app.state.clock())
    return Response(text, media_type=MEDIA_TYPE, headers={"cache-control": "private, max-age=300"})


@router.post("/echeances/calendrier", include_in_schema=False)
async def make_feed_by_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    """A new address, shown on this page alone; the one before no longer answers."""
    if not (viewer.sees_all or viewer.platform):
        raise Problem(403, "Seules les Plates-formes et l’UESL ont des échéances à suivre ici.")
    async with database.transaction() as work:
        at = request.app.state.clock()
        secret = await make_feed(work, viewer.platform or "", by=viewer.name, at=at)
    return pages_of(request).render(
        request,
        "compliance/calendar_feed.html",
        address=f"{settings_of(request).base_url}/api/v1/calendars/{secret}/echeances.ics",
        breadcrumb=(Link("Échéances", "/echeances"), Link("Calendrier")),
        **await page_context(request, database, viewer),
    )
