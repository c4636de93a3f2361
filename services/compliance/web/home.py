"""The first page."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.compliance.web.doors import Anyone, RoomDatabase
from shared.web import page_context, pages_of

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request, database: RoomDatabase, viewer: Anyone) -> HTMLResponse:
    return pages_of(request).render(request, "home.html", **await page_context(request, database, viewer))
