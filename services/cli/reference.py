"""The page that documents the API, drawn from the OpenAPI description it links to."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared.web import pages_of

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def api_reference(request: Request) -> HTMLResponse:
    links = [("OpenAPI", "/openapi.json"), ("AsyncAPI", "/asyncapi.json")]
    return pages_of(request).render_api(request, request.app.openapi(), links)
