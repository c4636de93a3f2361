"""The help pages of the forms: what to write, which rules hold, how to send; and the way to a template."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.ingestion.domain import Stage
from services.ingestion.domain.form_told import (
    columns_told,
    due_told,
    nothing_told,
    refusals_told,
    rules_told,
)
from services.ingestion.domain.templates import periods_to_report
from services.ingestion.web.doors import RoomDatabase, SignedIn, known_form
from services.ingestion.web.forms import day_in, latest
from shared.database import Database
from shared.forms import FORMS, Form
from shared.network import Network
from shared.pages.words import Link
from shared.periods import Period
from shared.readings import NoRegistry, read_network
from shared.security import Viewer
from shared.web import find_viewer, page_context, pages_of

router = APIRouter(include_in_schema=False)

STAGES = {
    Stage.FILE: "le fichier",
    Stage.PERIOD: "la période",
    Stage.EMPTY: "le fichier",
    Stage.STRUCTURE: "l’en-tête",
    Stage.ROWS: "les lignes",
}


async def _visitor(request: Request, database: RoomDatabase) -> Viewer | None:
    """Whoever comes, signed in or not."""
    return await find_viewer(request, database)


Visitor = Annotated[Viewer | None, Depends(_visitor)]


@router.get("/formulaires")
async def forms_page(request: Request, database: RoomDatabase, viewer: Visitor) -> HTMLResponse:
    context = await page_context(request, database, viewer)
    dues = {form.code: due_told(form) for form in FORMS.values()}
    return pages_of(request).render(request, "ingestion/forms.html", forms=FORMS.values(), dues=dues, **context)


@router.get("/formulaires/{code}")
async def form_page(request: Request, code: str, database: RoomDatabase, viewer: Visitor) -> HTMLResponse:
    form = latest(known_form(code), await day_in(request, database))
    context = await page_context(request, database, viewer) | _told(form)
    context |= await _choices(request, database, form, viewer)
    breadcrumb = [Link("Formulaires", "/formulaires"), Link(form.title)]
    return pages_of(request).render(request, "ingestion/form.html", breadcrumb=breadcrumb, **context)


def _told(form: Form) -> dict[str, Any]:
    columns = columns_told(form)
    return {
        "form": form,
        "columns": columns,
        "coded": [column for column in columns if column.lists],
        "rules": rules_told(form),
        "refusals": refusals_told(form),
        "stages": STAGES,
        "due": due_told(form),
        "nothing": nothing_told(form),
        "sample_period": "2005" if form.kind == "annual" else "2005-T1",
    }


async def _choices(request: Request, database: Database, form: Form, viewer: Viewer | None) -> dict[str, Any]:
    """What a template can be asked for; nothing where nobody is signed in or no registry is there."""
    nothing: dict[str, Any] = {"period_choices": [], "platform_choices": [], "chosen_period": ""}
    if viewer is None:
        return nothing
    day = await day_in(request, database)
    async with database.transaction() as work:
        try:
            network = await read_network(work)
        except NoRegistry:
            return nothing
    periods = periods_to_report(form, network.first_period, Period.quarter_of(day))
    return {
        "period_choices": [(str(period), period.title) for period in periods],
        "platform_choices": _platforms(network) if viewer.sees_all else [],
        "chosen_period": str(next((period for period in periods if period.last_day < day), "")),
    }


def _platforms(network: Network) -> list[tuple[str, str]]:
    return [(platform.code, f"{platform.code}, {platform.name}") for platform in network.platforms]


@router.get("/depots/modele")
async def lead_to_template(_: SignedIn, form: str = "", period: str = "", format: str = "xlsx") -> RedirectResponse:
    """From the form and period chosen on the page of submissions; where they were not, to where one chooses."""
    if not form:
        return RedirectResponse("/formulaires", status_code=303)
    if not period:
        return RedirectResponse(f"/formulaires/{known_form(form).code}", status_code=303)
    asked = urlencode({"period": period, "format": format})
    return RedirectResponse(f"/api/v1/forms/{known_form(form).code}/template?{asked}", status_code=303)
