"""`/api/v1/messages` and `/api/v1/reminders`."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from services.notification.web import reading
from services.notification.web.doors import RoomDatabase, SignedIn, Uesl, requeue
from services.notification.web.reading import AttemptShown, BounceShown, Filters, MessageShown, ReminderShown
from shared.described import files, problems
from shared.network import Day
from shared.report.csv import stream_csv
from shared.web import not_found

router = APIRouter(tags=["messages"])

Format = Literal["json", "csv"]

_MESSAGE_COLUMNS = ("kind", "subject", "recipient", "version", "day")
_REMINDER_COLUMNS = ("platform", "form", "period", "day", "step")


@router.get(
    "/api/v1/messages",
    response_model=list[MessageShown],
    summary="Lister les messages envoyés",
    responses=files("text/csv"),
)
async def list_messages(
    database: RoomDatabase,
    viewer: SignedIn,
    kind: str | None = None,
    day: Day | None = None,
    recipient: str | None = None,
    state: str | None = None,
    format: Format = "json",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> list[MessageShown] | Response:
    """Messages, the newest day first, then by kind and recipient; as CSV all, by their key. A platform sees its own."""
    filters = Filters(kind, day, recipient, state)
    async with database.transaction(viewer.sees) as work:
        if format == "json":
            return await reading.newest_messages(work, filters, limit, offset)
        rows = await reading.messages_as_rows(work, filters)
    return StreamingResponse(stream_csv(_MESSAGE_COLUMNS, rows), media_type="text/csv; charset=utf-8")


@router.get("/api/v1/messages/{message}", summary="Lire un message")
async def show_message(database: RoomDatabase, viewer: SignedIn, message: UUID) -> MessageShown:
    """One message."""
    async with database.transaction(viewer.sees) as work:
        found = await reading.find_message(work, message)
    if found is None:
        raise not_found()
    return reading.shown(found)


@router.get("/api/v1/messages/{message}/attempts", summary="Lire les tentatives d’envoi d’un message")
async def list_attempts(database: RoomDatabase, viewer: SignedIn, message: UUID) -> list[AttemptShown]:
    """Every attempt: when, to which addresses, how it ended and what the mail server answered, the first one first.

    `unreachable` lines count in `times` the attempts in a row that found no server. What a server reports by mail after
    it has taken a message is not known here: nothing is received.
    """
    async with database.transaction(viewer.sees) as work:
        found = await reading.find_message(work, message)
        attempts = await reading.attempts_shown(work, message)
    if found is None:
        raise not_found()
    return attempts


@router.get("/api/v1/bounces", summary="Lister les adresses refusées")
async def list_bounces(database: RoomDatabase, viewer: SignedIn) -> list[BounceShown]:
    """Addresses that a mail server refused for good, until one takes mail for them again. A platform sees its own."""
    async with database.transaction(viewer.sees) as work:
        return await reading.bounces_shown(work)


@router.post("/api/v1/messages/{message}/retry", summary="Remettre un message à l’envoi", responses=problems(409))
async def put_back(database: RoomDatabase, _: Uesl, message: UUID) -> MessageShown:
    """A failed message is sent again under the same Message-ID, to the addresses that the registry has now."""
    return reading.shown(await requeue(database, message))


@router.get(
    "/api/v1/reminders",
    response_model=list[ReminderShown],
    summary="Lister les rappels faits",
    responses=files("text/csv"),
)
async def list_reminders(
    database: RoomDatabase, viewer: SignedIn, format: Format = "json"
) -> list[ReminderShown] | Response:
    """The ledger of reminders: one line per form and step, even where one mail names several."""
    async with database.transaction(viewer.sees) as work:
        reminders = await reading.reminders_made(work)
    if format == "json":
        return reminders
    rows = [tuple(getattr(one, name) for name in _REMINDER_COLUMNS) for one in reminders]
    return StreamingResponse(stream_csv(_REMINDER_COLUMNS, rows), media_type="text/csv; charset=utf-8")
