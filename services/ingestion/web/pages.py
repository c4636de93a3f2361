"""The pages of submissions: send a file, see its verdict line by line."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.ingestion.domain import CODES
from services.ingestion.tables.submissions import Wanted, errors_of, find, list_submissions
from services.ingestion.web.doors import RoomDatabase, SignedIn, take_in
from shared.database import Database
from shared.forms import FORMS
from shared.pages.words import Link, Paging
from shared.periods import Period
from shared.readings import NoRegistry, read_network, today
from shared.web import not_found, page_context, pages_of, settings_of

router = APIRouter(include_in_schema=False)

_PAGE = 50


@router.get("/depots")
async def list_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> HTMLResponse:
    async with database.transaction(viewer.sees) as work:
        total, submissions = await list_submissions(work, Wanted(), _PAGE, (page - 1) * _PAGE)
    context = await page_context(request, database, viewer)
    context |= {"submissions": submissions, "forms": FORMS, "paging": Paging(page, _PAGE, total)}
    context["form_choices"] = [(form.code, form.title) for form in FORMS.values()]
    context["period_choices"] = [(str(one), one.title) for one in await _open_periods(request, database)]
    return pages_of(request).render(request, "ingestion/list.html", **context)


async def _open_periods(request: Request, database: Database) -> list[Period]:
    """The quarters that can be reported today, the newest first."""
    async with database.transaction() as work:
        try:
            first = Period.parse((await read_network(work)).first_period)
        except NoRegistry:
            return []
        period = Period.quarter_of(
            await today(work, settings_of(request).simulation, request.app.state.clock)
        ).previous()
    found: list[Period] = []
    while period >= first and len(found) < 40:
        found.append(period)
        period = period.previous()
    return found


@router.post("/depots")
async def send_from_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: Annotated[str, Form(max_length=100)],
    period: Annotated[str, Form(max_length=100)],
    file: Annotated[UploadFile, File()],
) -> Response:
    received = await take_in(request, database, viewer, form, period, file, "page")
    already = "" if received.is_new else "?deja=1"
    return RedirectResponse(f"/depots/{received.submission.id}{already}", status_code=303)


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
        errors = await errors_of(work, submission)
    paging = Paging(page, 200, len(errors))
    shown = errors[(page - 1) * 200 : page * 200]
    context: dict[str, Any] = await page_context(request, database, viewer)
    context |= {"submission": found, "form": FORMS[found.form], "shown": shown, "paging": paging, "codes": CODES}
    breadcrumb = [Link("Dépôts", "/depots"), Link(f"Dépôt n° {found.number}")]
    return pages_of(request).render(request, "ingestion/verdict.html", already=deja, breadcrumb=breadcrumb, **context)
