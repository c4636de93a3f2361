"""The journal of access as the admin reads it, room by room: JSON and a page."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from shared.clock import midnight
from shared.database import Database
from shared.journal import Sought, find_entries, verify_journal
from shared.pages.words import Paging
from shared.security import Viewer
from shared.topics import ROOMS
from shared.web import AskedDay, Problem, admin_at, database_of, day_written, page_context, pages_of

PAGE = 100
Text = Annotated[str, Query(max_length=200)]
Page = Annotated[int, Query(ge=1, le=10**6)]


class JournalEntry(BaseModel, from_attributes=True):
    """One request of somebody signed in, or an attempt to sign in; `sha256` binds it to the entry before."""

    n: int
    at: datetime
    name: str
    role: str
    actor: str
    method: str
    path: str
    query: str
    status: int
    sha256: str


class JournalState(BaseModel):
    """Whether the chain holds, up to its head; else the number of the first entry that does not."""

    entries: int
    head: str
    broken_at: int | None


def _sought(who: str, path: str, changes: bool, on: date | None) -> Sought:
    if on is None:
        return Sought(who, path, changes)
    return Sought(who, path, changes, midnight(on), midnight(on + timedelta(days=1)))


def journal_router(room: str) -> APIRouter:
    """The routes of one room's journal."""
    router = APIRouter(tags=["journal"])
    RoomDatabase = Annotated[Database, Depends(database_of(room))]  # noqa: N806  # a type
    Admin = Annotated[Viewer, Depends(admin_at(room))]  # noqa: N806  # a type

    @router.get(f"/api/v1/journal/{room}", name=f"journal_{room}", summary=f"Lire le journal des accès de {room}")
    async def read(
        database: RoomDatabase,
        _: Admin,
        who: Text = "",
        path: Text = "",
        changes: bool = False,
        on: AskedDay | None = None,
        page: Page = 1,
    ) -> list[JournalEntry]:
        """The newest first, a hundred at a time: by whom, of what path, on which day, changes alone."""
        async with database.transaction() as work:
            found = await find_entries(work, _sought(who, path, changes, on), PAGE, (page - 1) * PAGE)
        return [JournalEntry.model_validate(one) for one in found]

    @router.get(
        f"/api/v1/journal/{room}/verification",
        name=f"journal_verification_{room}",
        summary=f"Vérifier le journal des accès de {room}",
    )
    async def verify(database: RoomDatabase, _: Admin) -> JournalState:
        """Goes through the whole chain."""
        async with database.transaction() as work:
            verified = await verify_journal(work)
        return JournalState(entries=verified.entries, head=verified.head, broken_at=verified.broken_at)

    @router.get(f"/journal/{room}", include_in_schema=False, name=f"journal_page_{room}")
    async def show(
        request: Request,
        database: RoomDatabase,
        viewer: Admin,
        who: Text = "",
        path: Text = "",
        changes: bool = False,
        on: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
        page: Page = 1,
    ) -> HTMLResponse:
        sought = _sought(who.strip(), path.strip(), changes, _day(on))
        async with database.transaction() as work:
            found = await find_entries(work, sought, PAGE + 1, (page - 1) * PAGE)
        told: dict[str, Any] = {"room": room, "rooms": ROOMS, "entries": found[:PAGE], "sought": sought, "on": on}
        paging = Paging(page, PAGE, (page - 1) * PAGE + len(found))
        context = await page_context(request, database, viewer)
        return pages_of(request).render(request, "journal.html", paging=paging, **told, **context)

    return router


def _day(written: str) -> date | None:
    day = day_written(written)
    if written and day is None:
        raise Problem(422, "Le jour demandé n’existe pas.", code="unknown_day")
    return day
