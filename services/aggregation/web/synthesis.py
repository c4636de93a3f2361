"""The synthesis of both services as it stands: route and page."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from services.aggregation.domain.names import BY_LEVEL
from services.aggregation.domain.synthesis import SERVICES, SYNTHESIS, Synthesis, synthesis_of, years_needed
from services.aggregation.domain.synthesis_document import synthesis_document
from services.aggregation.tables.editions import list_editions
from services.aggregation.tables.lines import last_reported_periods, read_year
from services.aggregation.web.asked import offered_periods, period_of
from services.aggregation.web.cell_links import synthesis_links
from services.aggregation.web.doors import RoomDatabase, SignedIn
from shared.clock import Clock
from shared.described import files
from shared.files import XLSX, document_response
from shared.network import Network
from shared.pages import Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.report import Document, french
from shared.transaction import Transaction
from shared.web import page_context, pages_of, settings_of

router = APIRouter()


class ShownSynthesis(BaseModel):
    """`complete` where no line of the quarter is missing."""

    period: str
    complete: bool
    document: Document


@dataclass(frozen=True, slots=True)
class _Asked:
    network: Network
    day: date
    synthesis: Synthesis
    document: Document


async def _stand(work: Transaction, request: Request, period: str | None) -> _Asked:
    """The quarter asked for, or the last that anybody reported."""
    clock: Clock = request.app.state.clock
    network, day = await read_network(work), await today(work, settings_of(request).simulation, clock)
    if period is None:
        last = (await last_reported_periods(work, [form.code for form in SERVICES])).values()
        period = str(max(last, default=Period.parse(network.first_period)))
    asked = period_of(network, period)
    years = {key: await read_year(work, *key) for key in years_needed(asked)}
    synthesis = synthesis_of(asked, years, network)
    return _Asked(network, day, synthesis, synthesis_document(synthesis, f"situation au {french.day(day)}"))


@router.get(
    "/api/v1/synthesis",
    tags=["tables"],
    response_model=ShownSynthesis,
    summary="Lire la synthèse nationale des deux services",
    responses=files("text/csv", XLSX, "application/pdf"),
)
async def get_synthesis(
    request: Request,
    database: RoomDatabase,
    _: SignedIn,
    period: str,
    format: Literal["json", "csv", "xlsx", "pdf"] = "json",
) -> ShownSynthesis | Response:
    """A quarter against the one before, the same of the year before, cumul against cumul, and over five quarters."""
    async with database.transaction(one_snapshot=True) as work:
        asked = await _stand(work, request, period)
    if format != "json":
        return await document_response(asked.document, f"{SYNTHESIS}-{asked.synthesis.period}", format)
    complete = not asked.synthesis.missing
    return ShownSynthesis(period=str(asked.synthesis.period), complete=complete, document=asked.document)


@router.get("/tableaux/synthese", include_in_schema=False)
async def synthesis_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, period: str | None = None
) -> HTMLResponse:
    """By default of the last quarter reported."""
    async with database.transaction(one_snapshot=True) as work:
        asked = await _stand(work, request, period)
        editions = await list_editions(work, str(asked.synthesis.period), SYNTHESIS)
    offered = offered_periods(asked.network, asked.day, asked.synthesis.period)
    return pages_of(request).render(
        request,
        "aggregation/synthesis.html",
        **await page_context(request, database, viewer),
        synthesis=asked.synthesis,
        document=asked.document,
        links=synthesis_links(asked.document, asked.synthesis.period),
        editions=editions,
        levels=BY_LEVEL,
        periods=[(str(one), one.title) for one in offered],
        breadcrumb=(Link("Tableaux", "/tableaux"), Link("Synthèse nationale")),
    )
