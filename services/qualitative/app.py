"""Wires qualitative; the only file that builds anything."""

from shared.database import Database
from shared.readings import READINGS
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    return Room(
        name="qualitative",
        gathers_seconds=0.1,
        database=Database(settings.database, "qualitative"),
        hears=READINGS,
        routers=(status_router("qualitative"),),
    )
