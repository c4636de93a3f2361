"""The pages of submissions: the list, and the verdict line by line."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.ingestion.domain import CODES
from services.ingestion.domain.groups import group_told
from services.ingestion.domain.previews import Numbered, Preview
from services.ingestion.domain.verdict_told import SEVERITIES, told
from services.ingestion.domain.warnings import RULES
from services.ingestion.domain.warnings.words import LONGEST_WORD
from services.ingestion.tables.findings import counts_by_code
from services.ingestion.tables.models import Submission
from services.ingestion.tables.sent import NO_FORM
from services.ingestion.tables.submissions import errors_of, find
from services.ingestion.tables.versions import Place, versions_of
from services.ingestion.tables.warnings import warnings_of
from services.ingestion.web.deposit import deposits_page
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.previews import preview_of
from shared.database import Database
from shared.forms import FORMS
from shared.pages.words import Link, Paging
from shared.security import Viewer
from shared.web import not_found, page_context, pages_of

router = APIRouter(include_in_schema=False)

_ERRORS = 200


@router.get("/depots")
async def list_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    if viewer.member is not None:
        return RedirectResponse("/mes-lignes", status_code=303)
    return await deposits_page(request, database, viewer, page)


@router.get("/depots/{submission}")
async def verdict_page(
    request: Request,
    submission: UUID,
    database: RoomDatabase,
    viewer: SignedIn,
    deja: bool = False,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        shown = await errors_of(work, submission, (page - 1) * _ERRORS + 1, _ERRORS)
        warnings = await warnings_of(work, submission)
        versions = await versions_of(work, Place.of(found))
    paging = Paging(page, _ERRORS, found.error_count)
    context: dict[str, Any] = await page_context(request, database, viewer)
    counts = await counts_by_code(database, viewer.sees, submission) if found.error_count else {}
    context |= {"submission": found, "form": FORMS.get(found.form, NO_FORM), "paging": paging}
    numbered = list(enumerate(map(told, shown), start=paging.first))
    context |= {"codes": CODES, "counts": counts, "numbered": numbered, "severities": SEVERITIES}
    context["preview"] = await _preview(database, viewer, found, numbered, page)
    context["group_told"] = group_told(found.smallest_group) if viewer.sees_all and found.smallest_group else None
    context |= {"versions": versions, "warnings": warnings, "rules": RULES, "longest": LONGEST_WORD}
    breadcrumb = [Link("Dépôts", "/depots"), Link(f"Dépôt n° {found.number}")]
    return pages_of(request).render(request, "ingestion/verdict.html", already=deja, breadcrumb=breadcrumb, **context)


async def _preview(
    database: Database, viewer: Viewer, found: Submission, numbered: Sequence[Numbered], page: int
) -> Preview | str | None:
    """Of a refused file; one whose time is over is said to be gone elsewhere on the page."""
    if found.verdict == "accepted" or found.destroyed_on:
        return None
    return await preview_of(database, viewer.sees, found, numbered, with_first=page == 1)
