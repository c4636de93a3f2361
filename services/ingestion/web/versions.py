"""Versions read: the list, the lines that were accepted, and the difference between two of them."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from services.ingestion.tables.filed_lines import WantedLines, lines_wanted
from services.ingestion.tables.submissions import find
from services.ingestion.tables.versions import Place, versions_of
from services.ingestion.web.differences import compare, csv_pieces, lines_not_kept, told_difference
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.verdicts import attached
from services.ingestion.web.version_model import ToldDifference, Version, VersionLines, told_line, told_version
from shared.described import files, problems
from shared.web import not_found

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

MOST_AT_ONCE = 1_000
CSV = "text/csv; charset=utf-8"
First = Annotated[int, Query(ge=1, le=10**9)]
Many = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]
With = Annotated[UUID | None, Query(alias="with", description="la version à comparer ; à défaut, celle d’avant")]


@router.get("/{submission}/versions", summary="Lister les versions d’un dépôt")
async def list_versions(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> list[Version]:
    """The accepted submissions of the same platform, form and period, the newest, which stands, first."""
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        versions = await versions_of(work, Place.of(found))
    return [told_version(version, stands=version is versions[0]) for version in versions]


@router.get("/{submission}/lines", summary="Lire les lignes acceptées d’un dépôt")
async def read_lines(
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    member: Annotated[str | None, Query(max_length=100)] = None,
    first: First = 1,
    many: Many = MOST_AT_ONCE,
) -> VersionLines:
    """As kept: a page of them, of all members or of one. A refused file has none; those destroyed answer 410."""
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        total, lines = await lines_wanted(work, WantedLines(submission=submission, member=member), first, many)
    if not total and found.rows_accepted and member is None:
        raise lines_not_kept(found)
    following = following_page(f"{router.prefix}/{submission}/lines", total, first, many, member=member)
    return VersionLines(total=total, first=first, lines=[told_line(line) for line in lines], next=following)


def following_page(address: str, total: int, first: int, many: int, **more: object) -> str | None:
    """Where the next page is, if there is one."""
    if first + many > total:
        return None
    asked = {name: value for name, value in more.items() if value is not None}
    return f"{address}?{urlencode({**asked, 'first': first + many, 'many': many})}"


@router.get("/{submission}/difference", summary="Comparer deux versions d’un dépôt")
async def read_difference(
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    other: With = None,
    first: First = 1,
    many: Many = MOST_AT_ONCE,
) -> ToldDifference:
    """Lines added, removed, changed since the other version (else since the one before), line by line."""
    found = await compare(database, viewer, submission, other)
    told = told_difference(found.form, found.difference, (found.before, found.after), first, many)
    for side in (told.before, told.after):
        if side:
            side.stands = side.id == found.standing
    address = f"{router.prefix}/{submission}/difference"
    told.next = following_page(address, told.total, first, many, **{"with": other})
    return told


@router.get(
    "/{submission}/difference.csv",
    summary="Télécharger la différence entre deux versions",
    response_class=StreamingResponse,
    responses={**files("text/csv"), **problems(410)},
)
async def download_difference(
    submission: UUID, database: RoomDatabase, viewer: SignedIn, other: With = None, lang: Literal["en", "fr"] = "en"
) -> StreamingResponse:
    """Every change, however many."""
    found = await compare(database, viewer, submission, other)
    before = found.before.number if found.before else 0
    name = f"differences-{before}-{found.after.number}.csv"
    return StreamingResponse(csv_pieces(found.form, found.difference, lang), headers=attached(name), media_type=CSV)
