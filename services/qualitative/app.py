"""Wires qualitative; the only file that builds anything."""

from services.qualitative.handlers import begin_day_and_destroy_cases, gather_cases
from services.qualitative.tables import incomplete_cases
from shared.database import Database
from shared.events import CasesReported, DayBegan
from shared.journal_pages import journal_router
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
        hears={**READINGS, CasesReported: gather_cases, DayBegan: begin_day_and_destroy_cases},
        pending=incomplete_cases,
        routers=(
            status_router("qualitative"),
            journal_router("qualitative"),
        ),
    )
