"""Lines filed: a member reads every one in its name, whatever platform filed it; a platform its own."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from services.ingestion.tables.filed_lines import FiledLine, WantedLines, lines_wanted
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.verdicts import attached
from services.ingestion.web.version_model import OwnLines, own_line
from services.ingestion.web.versions import CSV, MOST_AT_ONCE, First, Many, following_page
from shared.database import Database
from shared.described import files, problems
from shared.forms import FORMS
from shared.report.inert import inert
from shared.security import Viewer
from shared.web import not_found

router = APIRouter(prefix="/api/v1/lines", tags=["lines"])

Code = Annotated[str | None, Query(max_length=100)]


def visible(viewer: Viewer, wanted: WantedLines) -> WantedLines:
    """A member looks for its own name alone; PostgreSQL would show it no other."""
    return wanted if viewer.member is None else replace(wanted, member=viewer.member)


@router.get("", summary="Lire les lignes déposées au nom d’un CIL/CCI")
async def read_lines(
    database: RoomDatabase,
    viewer: SignedIn,
    submission: UUID | None = None,
    form: Code = None,
    period: Code = None,
    platform: Code = None,
    member: Code = None,
    standing: bool = False,
    first: First = 1,
    many: Many = MOST_AT_ONCE,
) -> OwnLines:
    """Of every form, period and version, the newest period first; `standing` leaves out what a correction replaced.

    A member reads what was filed in its name, a platform what it filed, the admin everything; nobody writes here.
    """
    asked = {"submission": submission, "form": form, "period": period, "platform": platform, "member": member}
    wanted = visible(viewer, WantedLines(standing=standing, **asked))  # type: ignore[arg-type]
    async with database.transaction(viewer.sees) as work:
        total, lines = await lines_wanted(work, wanted, first, many)
    following = following_page(router.prefix, total, first, many, standing=standing or None, **asked)
    return OwnLines(total=total, first=first, lines=[own_line(line) for line in lines], next=following)


@router.get(
    ".csv",
    summary="Télécharger les lignes d’une version",
    response_class=StreamingResponse,
    responses={**files("text/csv"), **problems(404)},
)
async def download_lines(
    submission: UUID, database: RoomDatabase, viewer: SignedIn, member: Code = None, lang: Literal["en", "fr"] = "en"
) -> StreamingResponse:
    """One version's, under its form's columns; in French as a French spreadsheet opens it."""
    wanted = visible(viewer, WantedLines(submission=submission, member=member))
    pieces = _pieces(database, viewer, wanted, lang)
    if (head := await anext(pieces, None)) is None:
        raise not_found()

    async def all_pieces() -> AsyncIterator[bytes]:
        yield head
        async for piece in pieces:
            yield piece

    return StreamingResponse(all_pieces(), headers=attached("lignes.csv"), media_type=CSV)


async def _pieces(
    database: Database, viewer: Viewer, wanted: WantedLines, lang: Literal["en", "fr"]
) -> AsyncIterator[bytes]:
    first, total = 1, 1
    while first <= total:
        async with database.transaction(viewer.sees) as work:
            total, lines = await lines_wanted(work, wanted, first, MOST_AT_ONCE)
        if lines:
            yield _written(lines, lang, with_head=first == 1)
        first += MOST_AT_ONCE


def _written(lines: Sequence[FiledLine], lang: Literal["en", "fr"], *, with_head: bool) -> bytes:
    text = io.StringIO()
    french = lang == "fr"
    writer = csv.writer(text, delimiter=";" if french else ",", lineterminator="\r\n" if french else "\n")
    if with_head:
        writer.writerow(["Ligne" if french else "line", *_headings(lines[0], french=french)])
    writer.writerows([[inert(cell) if isinstance(cell, str) else cell for cell in line.row] for line in lines])
    return text.getvalue().encode("utf-8-sig" if french and with_head else "utf-8")


def _headings(line: FiledLine, *, french: bool) -> Sequence[str]:
    form = FORMS.get(line.filing.form)
    if not french or form is None:
        return line.columns
    return [form.by_name[name].label if name in form.by_name else name for name in line.columns]
