"""What the API and the events look like, for who builds against them: a page and the AsyncAPI description."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from services.cli.contracts.asyncapi import describe_events
from shared.web import pages_of

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def api_reference(request: Request) -> HTMLResponse:
    links = [("OpenAPI", "/openapi.json"), ("AsyncAPI", "/asyncapi.json")]
    return pages_of(request).render_api(request, request.app.openapi(), links)


@router.get("/asyncapi.json")
async def asyncapi() -> JSONResponse:
    """Public, as `/openapi.json` is."""
    return JSONResponse(describe_events())
