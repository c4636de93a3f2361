"""Depositing from the page: the file recognised, taken, and followed where it takes a while."""

from contextlib import ExitStack
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from services.ingestion.tables.receiving import receive
from services.ingestion.tables.sent import Bytes, spool
from services.ingestion.tables.underway import find_underway
from services.ingestion.web.deposit import Told, Typed, Unanswered, deposits_page, guess_place, tell_place
from services.ingestion.web.doors import (
    RoomDatabase,
    SignedIn,
    known_form,
    reception_of,
    sending_platform,
    sent_by,
    take_body,
)
from services.ingestion.web.pressure import PRESSURE
from services.ingestion.web.sending import AT_ONCE_BYTES, take_underway
from shared.database import Database
from shared.forms import FORMS
from shared.pages.words import FieldError, Link
from shared.security import Viewer
from shared.web import not_found, page_context, pages_of

router = APIRouter(include_in_schema=False)


@router.post("/depots")
async def send_from_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    """What is missing is asked for on the same page; a large file is followed on a page of its own."""
    with ExitStack() as held:
        held.enter_context(PRESSURE.take(sending_platform(viewer)))
        spooled = held.enter_context(spool())
        file_name, fields = await take_body(request, spooled)
        typed = Typed.of(fields)
        try:
            told = await _told(request, database, viewer, typed, file_name, spooled.taken())
        except Unanswered as asked:
            return await deposits_page(request, database, viewer, typed=typed, errors=asked.errors)
        sent = sent_by(
            viewer,
            form=told.form,
            period=told.period,
            spooled=spooled,
            file_name=file_name,
            door="page",
            certified_by=typed.certified_by,
        )
        if sent.content.size > AT_ONCE_BYTES:
            identity = await take_underway(reception_of(request, database), sent, held.pop_all())
            return RedirectResponse(f"/depots/en-cours/{identity}", status_code=303)
        received = await receive(reception_of(request, database), sent)
    already = "" if received.is_new else "?deja=1"
    return RedirectResponse(f"/depots/{received.submission.id}{already}", status_code=303)


async def _told(
    request: Request, database: Database, viewer: Viewer, typed: Typed, file_name: str, content: Bytes
) -> Told:
    """Raises Unanswered with all that is missing at once."""
    missing = (
        [] if typed.certified_by else [FieldError("certified_by", "Dites qui certifie ces chiffres : nom et fonction.")]
    )
    try:
        told = await tell_place(request, database, viewer, typed, file_name, content)
    except Unanswered as asked:
        missing = [*asked.errors, *missing]
    if missing:
        raise Unanswered(*missing)
    return told


@router.post("/depots/reconnaitre")
async def recognise(request: Request, database: RoomDatabase, viewer: SignedIn) -> JSONResponse:
    """For the page's script: what the file is, and in French what says so. Nothing of it is kept."""
    with PRESSURE.take(sending_platform(viewer)), spool() as spooled:
        file_name, fields = await take_body(request, spooled)
        chosen = Typed.of(fields).form
        form = known_form(chosen) if chosen else None
        guessed = await guess_place(request, database, viewer, file_name, spooled.taken(), form)
    return JSONResponse(
        {
            "form": guessed.form.code if guessed.form else None,
            "period": str(guessed.period) if guessed.period else None,
            "form_why": guessed.form_why,
            "period_why": guessed.period_why,
        }
    )


@router.get("/depots/en-cours/{identity}")
async def waiting_page(request: Request, identity: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """Shows by itself how far the file is, and leads to its verdict."""
    async with database.transaction(viewer.sees) as work:
        found = await find_underway(work, identity)
    if found is None:
        raise not_found()
    if found.submission:
        return RedirectResponse(f"/depots/{found.submission}", status_code=303)
    context = await page_context(request, database, viewer)
    context |= {"underway": found, "form": FORMS.get(found.form)}
    context["breadcrumb"] = [Link("Dépôts", "/depots"), Link("Dépôt en cours")]
    return pages_of(request).render(request, "ingestion/waiting.html", **context)
