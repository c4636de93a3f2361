"""What was sent, read again: verdicts, errors and the bytes kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from services.ingestion.domain import Error
from services.ingestion.domain.verdict_told import told
from services.ingestion.tables.models import Submission
from services.ingestion.tables.submissions import (
    Wanted,
    content_of,
    errors_of,
    find,
    list_submissions,
)
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.verdict_model import ToldFinding
from shared.described import files, problems
from shared.report import french
from shared.transaction import Transaction
from shared.web import Problem, not_found

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

ERRORS_SHOWN = 1000


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
    certified_by: str = ""
    to_confirm: bool = False
    destroyed_on: date | None = None
    smallest_group: int | None = Field(
        default=None,
        description="d’un fichier de dossiers accepté, combien de dossiers partagent la combinaison la plus rare de ce"
        " qui peut faire reconnaître quelqu’un ; dit à l’UESL seule",
    )
    errors: list[ToldFinding] = []
    errors_url: str | None = None
    errors_pages_url: str | None = None


class Receipts(BaseModel):
    """One page of the list; `total` counts all."""

    total: int
    submissions: list[Receipt]


def receipt(submission: Submission, errors: Sequence[Error], *, for_admin: bool = False) -> Receipt:
    shown = Receipt.model_validate(submission)
    if not for_admin:
        shown.smallest_group = None
    shown.errors = [ToldFinding.model_validate(told(error)) for error in errors]
    if submission.error_count:
        shown.errors_pages_url = f"/api/v1/submissions/{submission.id}/errors"
        shown.errors_url = f"{shown.errors_pages_url}.csv"
    return shown


def answer_body(shown: Receipt) -> dict[str, Any]:
    """What the sender of a file is answered, by whatever door: the receipt, or a problem where the file is refused."""
    body = shown.model_dump(mode="json")
    if shown.verdict == "accepted":
        return body
    sentence = f"Le fichier est refusé : {french.count(shown.error_count, 'erreur', 'erreurs')}."
    return Problem(422, sentence, code="rejected", **body).body()


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
        return Receipts(total=total, submissions=[receipt(one, [], for_admin=viewer.sees_all) for one in found])


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
        found, errors = await _found(work, submission), await errors_of(work, submission, many=ERRORS_SHOWN)
    return receipt(found, errors, for_admin=viewer.sees_all)


@router.get(
    "/{submission}/file",
    summary="Télécharger le fichier reçu",
    response_class=Response,
    responses={**files("application/octet-stream"), **problems(410)},
)
async def read_file(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The bytes as received."""
    async with database.transaction(viewer.sees) as work:
        found = await _found(work, submission)
        content = await content_of(work, submission)
    if content is None:
        raise Problem(410, "Les octets de ce fichier ne sont pas, ou plus, conservés.", code="not_kept")
    headers = {"Content-Disposition": f'attachment; filename="depot-{found.number}"', "X-Content-SHA256": found.sha256}
    return Response(content, headers=headers, media_type="application/octet-stream")
