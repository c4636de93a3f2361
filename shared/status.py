"""How far a room is: what it has still to say, to hear and to do; `at rest` is known from this, never slept for."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from shared.reception import day_to_work
from shared.room import Room
from shared.security import Viewer
from shared.web import admin_at


class RoomStatus(BaseModel):
    """One room: unpublished events, next offset by `topic/partition`, dead letters, what is still to be done.

    miscounted: days of which it has heard more submissions than ingestion said. Never other than 0 in a sound house.
    day_to_work: a day whose work can be done and is not done yet. Where it stays, that work fails: the log says why.
    """

    room: str
    unpublished: int
    heard: dict[str, int]
    dead_letters: int
    miscounted: int
    to_do: dict[str, int]
    day_to_work: date | None = None


_FAR = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
       (SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL) AS dead_letters,
       (SELECT count(*) FROM day_begun WHERE worked_at IS NULL) AS days,
       (SELECT count(*) FROM reception_closed AS said WHERE submissions < (
            SELECT sum(heard.submissions) FROM reception_heard AS heard WHERE heard.day = said.day)) AS miscounted,
       (SELECT coalesce(jsonb_object_agg(topic || '/' || partition, next_offset), '{}') FROM heard) AS heard
"""


async def room_status(room: Room) -> RoomStatus:
    """All from one snapshot, so that nothing can slip from one count to another unseen."""
    async with room.database.transaction(one_snapshot=True) as work:
        row = (await work.execute(_FAR)).one()
        to_do = dict(await room.pending(work)) if room.pending else {}
        day = await day_to_work(work) if room.work_day else None
    if room.work_day:
        to_do["days"] = row.days
    counts = {"unpublished": row.unpublished, "dead_letters": row.dead_letters, "miscounted": row.miscounted}
    return RoomStatus(room=room.name, heard=row.heard, to_do=to_do, day_to_work=day, **counts)


def status_router(room: str) -> APIRouter:
    """The route that tells the admin how far one room is."""
    router = APIRouter(tags=["status"])

    @router.get(f"/api/v1/status/{room}", name=f"status_{room}", summary=f"Lire l’état du service {room}")
    async def status(request: Request, _: Annotated[Viewer, Depends(admin_at(room))]) -> RoomStatus:
        """How far the room is; at rest when nothing is left to publish, to hear or to do."""
        return await room_status(request.app.state.rooms[room])

    return router
