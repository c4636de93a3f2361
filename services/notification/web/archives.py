"""`/archives`: every issue and edition by year and quarter, with its files, found by a few words."""

from datetime import date
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.notification.domain.archives import LONGEST_SEARCH
from services.notification.tables.archives import Search, archived_years, count_archived, list_archived
from services.notification.web.doors import RoomDatabase, SignedIn
from shared.pages.words import Paging
from shared.periods import Period
from shared.web import Problem, page_context, pages_of, settings_of

router = APIRouter(tags=["archives"])

PAGE = 60
FORMATS = ("pdf", "xlsx", "csv", "json")
Words = Annotated[str, Query(max_length=LONGEST_SEARCH)]
Year = Annotated[int | None, Query(ge=1000, le=2999)]
Quarter = Annotated[int | None, Query(ge=1, le=4)]


class ArchivedShown(BaseModel):
    """An edition with where its page and its files are."""

    number: str
    form: str
    period: str
    by: str
    edition: int
    issued_on: date
    complete: bool
    sha256: str
    title: str
    page: str
    files: dict[str, str]


def _shown(row: Any, base_url: str) -> ArchivedShown:
    kept = dict(row._mapping)
    return ArchivedShown(
        **{name: kept[name] for name in ("number", "form", "edition", "issued_on", "complete", "sha256", "title")},
        by=row.level,
        period=str(Period(row.year, row.quarter)),
        page=f"{base_url}/tableaux/editions/{row.number}",
        files={name: f"{base_url}/api/v1/editions/{row.number}?format={name}" for name in FORMATS},
    )


@router.get("/api/v1/archives", summary="Chercher dans les archives")
async def list_archives(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    q: Words = "",
    year: Year = None,
    quarter: Quarter = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> list[ArchivedShown]:
    """Every edition given back, the newest period first; `q`: words that all must be found, without accents or case."""
    async with database.transaction(viewer.sees) as work:
        rows = await list_archived(work, Search(q, year, quarter), limit, offset)
    return [_shown(row, settings_of(request).base_url) for row in rows]


@router.get("/archives", include_in_schema=False)
async def show_archives(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    q: Words = "",
    year: str = "",
    quarter: str = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """By period, then by day of issue."""
    search = Search(q, _number(year), _number(quarter))
    async with database.transaction(viewer.sees) as work:
        total, years = await count_archived(work, search), await archived_years(work)
        rows = [_shown(row, "") for row in await list_archived(work, search, PAGE, (page - 1) * PAGE)]
    return pages_of(request).render(
        request,
        "notification/archives.html",
        **await page_context(request, database, viewer),
        periods=[(Period.parse(period).title, list(group)) for period, group in groupby(rows, lambda row: row.period)],
        paging=Paging(page, PAGE, total),
        chosen={"q": q, "year": year, "quarter": quarter},
        years=[("", "Toutes"), *((str(one), str(one)) for one in years)],
        quarters=[("", "Tous"), *((str(n), f"T{n}") for n in range(1, 5))],
        formats=FORMATS,
    )


def _number(text: str) -> int | None:
    """An empty field of the form does not narrow the list."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Problem(422, "L’année et le trimestre s’écrivent en chiffres.")
    return int(text)
