"""The HTTP door: send a file, read verdicts, errors and the bytes kept."""

import csv
import io
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from services.ingestion.tables.models import Submission, SubmissionError
from services.ingestion.tables.submissions import (
    Wanted,
    content_of,
    errors_of,
    find,
    list_submissions,
)
from services.ingestion.web.doors import RoomDatabase, SignedIn, take_in
from shared.database import Database
from shared.report.inert import inert
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

ERRORS_SHOWN = 1000


class ShownError(BaseModel):
    """What refuses the file, where, and the value received."""

    model_config = ConfigDict(from_attributes=True)

    line: int | None
    column: str | None
    code: str
    message: str
    value: str | None


class Receipt(BaseModel):
    """A submission as its sender sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    platform: str
    form: str
    period: str
    verdict: Literal["accepted", "rejected"]
    version: int | None
    received_at: datetime
    received_on: date
    door: str
    file_name: str
    sha256: str
    size: int
    rows_accepted: int
    rows_refused: int
    rows_blank: int
    error_count: int
    errors: list[ShownError] = []
    errors_url: str | None = None


class Receipts(BaseModel):
    """One page of the list; `total` counts all."""

    total: int
    submissions: list[Receipt]


def shown_error(error: SubmissionError) -> ShownError:
    return ShownError(
        line=error.line, column=error.column_name, code=error.code, message=error.message, value=error.value
    )


def receipt(submission: Submission, errors: list[SubmissionError]) -> Receipt:
    shown = Receipt.model_validate(submission)
    url = f"/api/v1/submissions/{submission.id}/errors.csv" if submission.error_count else None
    return shown.model_copy(update={"errors": [shown_error(error) for error in errors], "errors_url": url})


@router.post(
    "",
    summary="Déposer un fichier",
    status_code=201,
    response_model=Receipt,
    responses={
        200: {"model": Receipt, "description": "Ces octets sont déjà la version en vigueur"},
        422: {"model": Receipt, "description": "Fichier refusé : problem+json avec toutes les erreurs"},
        501: {"description": "Formulaire pas encore en service"},
    },
)
async def send(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: Annotated[str, Query(max_length=100)],
    period: Annotated[str, Query(max_length=100)],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Judges the file at once: taken whole or refused whole."""
    received = await take_in(request, database, viewer, form, period, file, "http")
    submission = received.submission
    told = receipt(submission, await _first_errors(database, viewer, submission))
    location = {"Location": f"/api/v1/submissions/{submission.id}"}
    if submission.verdict == "accepted":
        return JSONResponse(told.model_dump(mode="json"), 201 if received.is_new else 200, location)
    sentence = f"Le fichier est refusé : {submission.error_count} erreur(s)."
    body = Problem(422, sentence, code="rejected", **told.model_dump(mode="json")).body()
    return JSONResponse(body, 422, location, media_type="application/problem+json")


async def _first_errors(database: Database, viewer: Viewer, submission: Submission) -> list[SubmissionError]:
    if not submission.error_count:
        return []
    async with database.transaction(viewer.sees) as work:
        return await errors_of(work, submission.id, ERRORS_SHOWN)


@router.get("", summary="Lister les dépôts")
async def list_all(
    database: RoomDatabase,
    viewer: SignedIn,
    platform: str | None = None,
    form: str | None = None,
    period: str | None = None,
    verdict: Literal["accepted", "rejected"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Receipts:
    """The newest first; a platform sees its own only."""
    wanted = Wanted(_clean(platform), _clean(form), _clean(period), verdict)
    async with database.transaction(viewer.sees) as work:
        total, found = await list_submissions(work, wanted, limit, offset)
        return Receipts(total=total, submissions=[receipt(submission, []) for submission in found])


def _clean(text: str | None) -> str | None:
    """PostgreSQL holds no NUL, so nothing is found with one."""
    return text and text.replace("\x00", "�")


async def _found(work: Transaction, submission: UUID) -> Submission:
    if (found := await find(work, submission)) is None:
        raise not_found()
    return found


@router.get("/{submission}", summary="Lire un dépôt")
async def read(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Receipt:
    """The submission with its first errors."""
    async with database.transaction(viewer.sees) as work:
        return receipt(await _found(work, submission), await errors_of(work, submission, ERRORS_SHOWN))


@router.get("/{submission}/errors.csv", summary="Télécharger toutes les erreurs d’un dépôt")
async def read_errors(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """Every error, however many."""
    async with database.transaction(viewer.sees) as work:
        found = await _found(work, submission)
        errors = await errors_of(work, submission)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["line", "column", "code", "message", "value"])
    for error in errors:
        writer.writerow([_inert(cell) for cell in shown_error(error).model_dump().values()])
    name = f"erreurs-{found.number}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _inert(cell: object) -> object:
    """A received value must not become a formula in the reader's spreadsheet."""
    return inert(cell) if isinstance(cell, str) else cell


@router.get("/{submission}/file", summary="Télécharger le fichier reçu")
async def read_file(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The bytes as received."""
    async with database.transaction(viewer.sees) as work:
        found = await _found(work, submission)
        content = await content_of(work, submission)
    headers = {"Content-Disposition": f'attachment; filename="depot-{found.number}"', "X-Content-SHA256": found.sha256}
    return Response(content, headers=headers, media_type="application/octet-stream")
