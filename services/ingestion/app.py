"""Wires ingestion; the only file that builds anything."""

from services.ingestion.handlers import close_reception_of_past_days
from services.ingestion.web import api, pages
from shared.database import Database
from shared.events import DayBegan
from shared.readings import READINGS
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    return Room(
        name="ingestion",
        database=Database(settings.database, "ingestion"),
        hears={**READINGS, DayBegan: close_reception_of_past_days},
        routers=(api.router, pages.router, status_router("ingestion")),
    )
