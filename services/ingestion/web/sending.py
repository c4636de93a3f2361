"""The HTTP door: a small file is answered with its verdict, a large one with the address where its state moves."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.ingestion.domain import Error
from services.ingestion.tables.models import Submission
from services.ingestion.tables.receiving import Received, Reception, receive
from services.ingestion.tables.repeats import AnotherRequest
from services.ingestion.tables.sent import Sent, spool
from services.ingestion.tables.submissions import errors_of
from services.ingestion.tables.underway import State, begin, find_underway, move
from services.ingestion.web.api import ERRORS_SHOWN, Receipt, answer_body, receipt
from services.ingestion.web.doors import (
    FILE_BODY,
    RoomDatabase,
    SignedIn,
    known_form,
    reception_of,
    sending_platform,
    sent_by,
    take_body,
)
from services.ingestion.web.pressure import PRESSURE
from shared.database import Database
from shared.described import problems, refused_with
from shared.security import Viewer
from shared.web import Problem, not_found

log = structlog.get_logger()

router = APIRouter(prefix="/api/v1", tags=["submissions"])

AT_ONCE_BYTES = 5 * 1024 * 1024
_NOTE_SECONDS = 1.0


class Progress(BaseModel):
    """How far a large file is; it moves at least every few seconds until it has ended."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    form: str
    period: str
    file_name: str
    size: int
    state: State
    rows_read: int
    begun_at: AwareDatetime
    moved_at: AwareDatetime
    submission: UUID | None


@router.post(
    "/submissions",
    summary="Déposer un fichier",
    status_code=201,
    response_model=Receipt,
    responses={
        200: {"model": Receipt, "description": "Ces octets sont déjà la version en vigueur"},
        202: {"model": Progress, "description": "Grand fichier, pris ; `Location` dit où il en est"},
        **problems(403, 404, 409, 429),
        422: refused_with(Receipt, "Fichier refusé, avec toutes les erreurs ; ou demande refusée"),
    },
    openapi_extra=FILE_BODY,
)
async def send(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: Annotated[str, Query(max_length=100)],
    period: Annotated[str, Query(max_length=100)],
    certified_by: Annotated[str, Query(max_length=200)] = "",
    nil: bool = False,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Taken whole or refused whole. Up to 5 MiB the answer is the verdict; above it is 202."""
    known = known_form(form)
    with ExitStack() as held:
        held.enter_context(PRESSURE.take(sending_platform(viewer)))
        spooled = held.enter_context(spool())
        file_name, fields = await take_body(request, spooled)
        sent = sent_by(
            viewer,
            form=known,
            period=period,
            spooled=spooled,
            file_name=file_name,
            door="http",
            certified_by=certified_by or fields.get("certified_by", ""),
            nil=nil,
            key=idempotency_key,
        )
        if sent.content.size > AT_ONCE_BYTES:
            return _accepted_for_later(await take_underway(reception_of(request, database), sent, held.pop_all()))
        try:
            received = await receive(reception_of(request, database), sent)
        except AnotherRequest:
            raise Problem(409, "Cette Idempotency-Key a déjà servi à un autre envoi.", code="key_reused") from None
    return await _answer(database, viewer, received)


def _accepted_for_later(identity: UUID) -> Response:
    location = f"/api/v1/submissions/underway/{identity}"
    body = {"id": str(identity), "state": "waiting", "progress_url": location}
    return JSONResponse(body, 202, {"Location": location, "Retry-After": "2"})


async def _answer(database: Database, viewer: Viewer, received: Received) -> Response:
    submission = received.submission
    told = receipt(submission, received.first_errors or await _first_errors(database, viewer, submission))
    location = {"Location": f"/api/v1/submissions/{submission.id}"}
    if submission.verdict == "accepted":
        return JSONResponse(answer_body(told), 201 if received.is_new else 200, location)
    return JSONResponse(answer_body(told), 422, location, media_type="application/problem+json")


async def _first_errors(database: Database, viewer: Viewer, submission: Submission) -> Sequence[Error]:
    if not submission.error_count:
        return ()
    async with database.transaction(viewer.sees) as work:
        return await errors_of(work, submission.id, many=ERRORS_SHOWN)


@router.get("/submissions/underway/{identity}", summary="Suivre un grand fichier")
async def read_progress(identity: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """Its state; once it is done, `Location` leads to the submission."""
    async with database.transaction(viewer.sees) as work:
        found = await find_underway(work, identity)
    if found is None:
        raise not_found()
    headers = {"Location": f"/api/v1/submissions/{found.submission}"} if found.submission else {"Retry-After": "2"}
    return JSONResponse(Progress.model_validate(found).model_dump(mode="json"), headers=headers)


_underway: set["asyncio.Task[None]"] = set()


async def take_underway(at: Reception, sent: Sent, held: ExitStack) -> UUID:
    """Judges in the background; `held` keeps the file, and is closed when it has ended."""
    identity = uuid4()
    with held:
        async with at.database.transaction(sent.platform) as work:
            await begin(work, identity, sent)
        kept = held.pop_all()
    task = asyncio.create_task(_judge_underway(at, sent, identity, kept))
    _underway.add(task)
    task.add_done_callback(_underway.discard)
    return identity


class _Rows:
    """How many rows have been read, said by another thread."""

    read = 0

    def __call__(self, rows: int) -> None:
        self.read = rows


async def _judge_underway(at: Reception, sent: Sent, identity: UUID, held: ExitStack) -> None:
    rows = _Rows()
    with held:
        notes = asyncio.create_task(_note(at, sent, identity, rows))
        try:
            state, submission = await _received(at, sent, rows)
        finally:
            notes.cancel()
            await asyncio.gather(notes, return_exceptions=True)
        async with at.database.transaction(sent.platform) as work:
            await move(work, identity, state, rows.read, submission)


async def _received(at: Reception, sent: Sent, rows: _Rows) -> tuple[State, UUID | None]:
    try:
        return "done", (await receive(at, sent, rows)).submission.id
    except Exception as error:
        log.error("large file failed", cause=type(error).__name__)
        return "failed", None


async def _note(at: Reception, sent: Sent, identity: UUID, rows: _Rows) -> None:
    while True:
        async with at.database.transaction(sent.platform) as work:
            await move(work, identity, "judging" if rows.read else "waiting", rows.read)
        await asyncio.sleep(_NOTE_SECONDS)
