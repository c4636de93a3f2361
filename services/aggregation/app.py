"""Wires aggregation; the only file that builds anything."""

from services.aggregation.domain.figures import check_measures
from services.aggregation.handlers.accepted import READERS, Accepted, Rejected
from services.aggregation.handlers.restitutions import issue_restitutions
from services.aggregation.handlers.totals import hear_submissions
from services.aggregation.tables.arrivals import note_explanation, note_extension
from services.aggregation.web import (
    destinations,
    editions,
    lineage,
    live,
    objectives,
    pages,
    positioning,
    revisions,
    synthesis,
    tables,
)
from shared.database import Database
from shared.events import DeadlineExtended, ReceptionClosed, WarningsExplained
from shared.forms import FORMS
from shared.journal_pages import journal_router
from shared.readings import READINGS
from shared.reception import close_reception
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    check_measures(FORMS.values())
    return Room(
        name="aggregation",
        database=Database(settings.database, "aggregation"),
        hears={
            **READINGS,
            ReceptionClosed: close_reception,
            WarningsExplained: note_explanation,
            DeadlineExtended: note_extension,
        },
        together={(Accepted, Rejected): hear_submissions},
        readers=READERS,
        work_day=issue_restitutions,
        routers=(
            *(tables.router, editions.router, synthesis.router, pages.router, objectives.router, live.router),
            *(positioning.router, lineage.router, destinations.router, revisions.router),
            status_router("aggregation"),
            journal_router("aggregation"),
        ),
    )
