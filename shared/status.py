"""How far a room is: what it has still to say, to hear and to do; `at rest` is known from this, never slept for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from shared.dead_letters import count_letters
from shared.reception import days_to_work
from shared.room import Room
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import admin_at


class RoomStatus(BaseModel):
    """One room: unpublished events, next offset by `topic/partition`, dead letters, what is still to be done."""

    room: str
    unpublished: int
    heard: dict[str, int]
    dead_letters: int
    to_do: dict[str, int]


async def room_status(work: Transaction, room: Room) -> RoomStatus:
    unpublished = (await work.execute("SELECT count(*) FROM outbox WHERE published_at IS NULL")).scalar_one()
    heard = await work.execute("SELECT topic, partition, next_offset FROM heard")
    to_do = dict(await room.pending(work)) if room.pending else {}
    if room.work_day:
        to_do["days"] = await days_to_work(work)
    places = {f"{row.topic}/{row.partition}": row.next_offset for row in heard}
    letters = await count_letters(work)
    return RoomStatus(room=room.name, unpublished=unpublished, heard=places, dead_letters=letters, to_do=to_do)


def status_router(room: str) -> APIRouter:
    router = APIRouter(tags=["status"])

    @router.get(f"/api/v1/status/{room}", name=f"status_{room}")
    async def status(request: Request, _: Annotated[Viewer, Depends(admin_at(room))]) -> RoomStatus:
        known: Room = request.app.state.rooms[room]
        async with known.database.transaction() as work:
            return await room_status(work, known)

    return router

