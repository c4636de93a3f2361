"""Figures that move by themselves: a stream of events that tells an open page to look again."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import StreamingResponse

from services.aggregation.tables.moves import CHANNEL
from services.aggregation.web.asked import form_of
from services.aggregation.web.doors import RoomDatabase, SignedIn
from shared.database import Database
from shared.listening import Listening
from shared.web import Problem

router = APIRouter(include_in_schema=False)

MOST_STREAMS = 500
_LOOK_SECONDS = 1.0
_ALIVE_SECONDS = 15.0
# A stream ends and is asked for again, so that a right taken away does not outlive it by long.
_LONGEST_SECONDS = 600.0


def _listening(app: FastAPI, database: Database) -> Listening:
    """One for the process."""
    if not hasattr(app.state, "moves"):
        app.state.moves = Listening(database, CHANNEL)
    moves: Listening = app.state.moves
    return moves


@router.get("/tableaux/direct")
async def stream_moves(
    request: Request,
    database: RoomDatabase,
    _: SignedIn,
    year: Annotated[int, Query(ge=1000, le=2999)],
    form: str = "",
) -> StreamingResponse:
    """Server-sent events: `moved` whenever totals of the form (of any, where none is named) and year have moved."""
    if form:
        form_of(form)
    moves = _listening(request.app, database)
    if moves.subscribers >= MOST_STREAMS:
        raise Problem(503, "Trop de pages suivent les chiffres en direct : rechargez la page plus tard.")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(request.app, moves, form, year), media_type="text/event-stream", headers=headers)


async def _events(app: FastAPI, moves: Listening, form: str, year: int) -> AsyncIterator[str]:
    begun = told = time.monotonic()
    yield "retry: 3000\n\n"
    async with moves.subscription() as queue:
        while time.monotonic() - begun < _LONGEST_SECONDS and not getattr(app.state, "is_stopping", False):
            try:
                moved = await asyncio.wait_for(queue.get(), _LOOK_SECONDS)
            except TimeoutError:
                if time.monotonic() - told >= _ALIVE_SECONDS:
                    told = time.monotonic()
                    yield ": toujours là\n\n"
                continue
            if concerns(moved, form, year):
                told = time.monotonic()
                yield "event: moved\ndata: \n\n"


def concerns(moved: str, form: str, year: int) -> bool:
    """Whether what has moved may be on a page of the year: its cumuls, and those set against it a year later."""
    if not moved:
        return True
    wanted = {str(year), str(year - 1)}
    return any(
        what.partition("/")[2] in wanted and (not form or what.partition("/")[0] == form) for what in moved.split()
    )
