"""The verdict on a submission: its findings page by page, all of them as CSV, and the same as workbook and PDF."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.ingestion.domain.verdict_told import SEVERITIES, Finding, fields_of
from services.ingestion.tables.findings import findings_in_pages, some_findings, verdict_of
from services.ingestion.tables.models import Submission
from services.ingestion.tables.submissions import find
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.verdict_model import FindingPage, ToldFinding, ToldVerdict
from shared.database import Database
from shared.described import files, problems
from shared.report.inert import inert
from shared.security import Viewer
from shared.web import Problem, not_found

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

MOST_AT_ONCE = 1_000
_CSV = "text/csv; charset=utf-8"


async def found_for(database: Database, viewer: Viewer, submission: UUID) -> Submission:
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
    if found.error_count and found.destroyed_on:
        raise Problem(410, "Les erreurs de ce fichier refusé ne sont plus conservées.", code="not_kept")
    return found


def attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get(
    "/{submission}/errors",
    summary="Lire les erreurs d’un dépôt, page par page",
    response_model=FindingPage,
    responses=problems(410),
)
async def read_errors(
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    first: Annotated[int, Query(ge=1, le=10**9)] = 1,
    many: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
) -> Response:
    """From number `first` on, in the order told; `next`, and the header Link, lead to those that follow."""
    found = await found_for(database, viewer, submission)
    total, some = await some_findings(database, viewer.sees, found, first, many)
    after = first + many
    following = f"{router.prefix}/{submission}/errors?first={after}&many={many}" if after <= total else None
    findings = [ToldFinding.model_validate(finding) for finding in some]
    page = FindingPage(total=total, first=first, findings=findings, next=following)
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return JSONResponse(page.model_dump(), headers=headers)


@router.get(
    "/{submission}/verdict",
    summary="Lire le verdict entier d’un dépôt",
    response_model=ToldVerdict,
    responses=problems(410),
)
async def read_verdict(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> StreamingResponse:
    """The same object that a validation gives, with every error, however many."""
    found = await found_for(database, viewer, submission)
    verdict = await verdict_of(database, viewer.sees, found)

    async def pieces() -> AsyncIterator[bytes]:
        yield verdict.opening()
        async for first, findings in findings_in_pages(database, viewer.sees, found):
            yield verdict.lines(findings, after_others=first > 1)
        yield verdict.closing()

    return StreamingResponse(pieces(), media_type="application/json")


@router.get(
    "/{submission}/errors.csv",
    summary="Télécharger toutes les erreurs d’un dépôt",
    response_class=StreamingResponse,
    responses={**files("text/csv"), **problems(410)},
)
async def download_errors(
    submission: UUID, database: RoomDatabase, viewer: SignedIn, lang: Literal["en", "fr"] = "en"
) -> StreamingResponse:
    """Every error, however many; in French as a French spreadsheet opens it."""
    found = await found_for(database, viewer, submission)
    write = _write_french if lang == "fr" else _write_english

    async def pieces() -> AsyncIterator[bytes]:
        yield write(None)
        async for _, findings in findings_in_pages(database, viewer.sees, found):
            yield write(findings)

    return StreamingResponse(pieces(), headers=attached(f"erreurs-{found.number}.csv"), media_type=_CSV)


_ENGLISH = ("line", "column", "code", "message", "value", "severity", "expected")
_FRENCH = ("Ligne", "Colonne", "Gravité", "Code", "Erreur", "Valeur reçue", "Attendu", "Explication")


def _write_english(findings: Sequence[Finding] | None) -> bytes:
    return _written(findings, _ENGLISH, _in_english, ",", "\n").encode()


def _write_french(findings: Sequence[Finding] | None) -> bytes:
    """With the mark by which a spreadsheet knows UTF-8."""
    return _written(findings, _FRENCH, _in_french, ";", "\r\n").encode("utf-8-sig" if findings is None else "utf-8")


def _in_english(finding: Finding) -> Sequence[object]:
    fields = fields_of(finding)
    return [fields[name] for name in _ENGLISH]


def _in_french(finding: Finding) -> Sequence[object]:
    what = (SEVERITIES[finding.severity], finding.code, finding.title)
    return (finding.line, finding.column, *what, finding.value, finding.expected, finding.message)


def _written(
    findings: Sequence[Finding] | None,
    headings: Sequence[str],
    cells: Callable[[Finding], Sequence[object]],
    separator: str,
    line_end: str,
) -> str:
    """The headings where there are no findings yet, else a line per finding."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    if findings is None:
        writer.writerow(headings)
    for finding in findings or ():
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells(finding)])
    return text.getvalue()
