"""Wires compliance; the only file that builds anything."""

from functools import partial

from services.compliance.handlers.arrivals import note_arrivals, note_explained
from services.compliance.handlers.calendar import keep_calendar
from services.compliance.handlers.deadlines import say_deadlines
from services.compliance.web import (
    accounts,
    calendar,
    calendar_feed,
    credentials,
    decisions,
    home,
    inviting,
    ladders,
    obligations,
    rates,
    registry,
    registry_changing,
    registry_pages,
)
from services.compliance.web.audits import ROUTERS as AUDITING
from shared.clock import system_clock
from shared.database import Database
from shared.events import ReceptionClosed, SubmissionAccepted, SubmissionRejected, WarningsExplained
from shared.journal_pages import journal_router
from shared.reception import close_reception
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    database = Database(settings.database, "compliance")
    clock_keeping = () if settings.simulation else (partial(keep_calendar, database, system_clock),)
    pages = (
        *(home.router, obligations.router, rates.router, decisions.router, calendar_feed.router),
        *(credentials.router, accounts.router, inviting.router, calendar.router, ladders.router),
        *(registry.router, registry_pages.router, registry_changing.router),
        *AUDITING,
    )
    return Room(
        name="compliance",
        gathers_seconds=0.1,
        database=database,
        hears={ReceptionClosed: close_reception, WarningsExplained: note_explained},
        together={(SubmissionAccepted, SubmissionRejected): note_arrivals},
        work_day=say_deadlines,
        background=clock_keeping,
        routers=(*pages, status_router("compliance"), journal_router("compliance")),
    )
