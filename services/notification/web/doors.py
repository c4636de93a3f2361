"""The dependencies of the room's routes, and what the API and the page do alike."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.notification.tables.queue import put_back
from services.notification.web import reading
from shared.database import Database
from shared.security import Viewer
from shared.web import Problem, database_of, not_found, uesl_at, viewer_at

RoomDatabase = Annotated[Database, Depends(database_of("notification"))]
SignedIn = Annotated[Viewer, Depends(viewer_at("notification"))]
Uesl = Annotated[Viewer, Depends(uesl_at("notification"))]


async def requeue(database: Database, identity: UUID) -> Any:
    """The message as it is then; raises a 404, or a 409 that says why it stays as it is."""
    async with database.transaction() as work:
        is_back = await put_back(work, identity)
        message = await reading.find_message(work, identity)
    if message is None:
        raise not_found()
    if not is_back and message.state == "failed":
        raise Problem(409, f"L’annuaire ne donne aucune adresse électronique pour {message.recipient}.")
    if not is_back:
        raise Problem(409, "Seul un message en échec peut être remis à l’envoi.")
    return message
