"""The dependencies of ingestion's routes, and what both doors do with a file."""

from typing import Annotated

from fastapi import Depends, Request, UploadFile

from services.ingestion.domain import MAX_BYTES
from services.ingestion.tables.submissions import Door, Received, Sent, receive
from shared.database import Database
from shared.forms import FORMS, FORMS_TO_COME, Form
from shared.security import Viewer
from shared.web import Problem, database_of, settings_of, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("ingestion"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("ingestion"))]


def known_form(code: str) -> Form:
    """Raises 501 for a form of the exchange format that is not built yet, 404 for no form at all."""
    if code in FORMS_TO_COME:
        raise Problem(501, f"Le formulaire {code} n’est pas encore en service.", code="form_to_come")
    if code not in FORMS:
        raise Problem(404, "Aucun formulaire ne porte ce nom.", code="unknown_form")
    return FORMS[code]


def sending_platform(viewer: Viewer) -> str:
    """The platform whose credential it is; nobody sends in another's name, the admin neither."""
    if viewer.platform is None:
        raise Problem(403, "Seule une Plate-forme dépose des fichiers, avec son propre jeton.")
    return viewer.platform


async def take_in(
    request: Request, database: Database, viewer: Viewer, form: str, period: str, file: UploadFile, door: Door
) -> Received:
    """Reads one byte beyond the limit at most: the verdict says that the file is too large."""
    sent = Sent(
        platform=sending_platform(viewer),
        form=known_form(form),
        period=period,
        content=await file.read(MAX_BYTES + 1),
        file_name=file.filename or "",
        door=door,
        sent_by=viewer.name or viewer.platform or "",
    )
    simulation, clock = settings_of(request).simulation, request.app.state.clock
    async with database.transaction(viewer.sees) as work:
        return await receive(work, sent, simulation=simulation, clock=clock)
