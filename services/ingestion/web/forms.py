"""The forms published: what each asks for, as Table Schema, and the templates to be filled in."""

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.ingestion.domain.reported_period import Sending, is_unknown, parse_period, unknown_period
from services.ingestion.domain.table_schema import published
from services.ingestion.domain.templates import Template, csv_template, template_of
from services.ingestion.web.doors import RoomDatabase, SignedIn, known_form, refuse_member
from services.ingestion.web.template_xlsx import render_template
from services.ingestion.web.verdicts import attached
from shared.database import Database
from shared.described import files
from shared.files import CSV, XLSX
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period
from shared.readings import read_network, today
from shared.security import Viewer
from shared.web import Problem, not_found, settings_of

router = APIRouter(prefix="/api/v1/forms", tags=["forms"])

PeriodAsked = Annotated[str | None, Query(max_length=100)]


@router.get("", summary="Lire la description des formulaires")
async def read_forms(request: Request, database: RoomDatabase) -> dict[str, list[dict[str, Any]]]:
    """All of them, each as for itself, as they hold today; no sign-in."""
    day = await day_in(request, database)
    return {"forms": [published(latest(form, day)) for form in FORMS.values()]}


@router.get("/{form}", summary="Lire la description d’un formulaire")
async def read_form(form: str, request: Request, database: RoomDatabase, period: PeriodAsked = None) -> dict[str, Any]:
    """A Table Schema (datapackage.org) with more under our own keys, as it holds for the period; no sign-in."""
    known, day = known_form(form), await day_in(request, database)
    if period is None:
        return published(latest(known, day))
    asked = parse_period(period)
    if asked is None or not known.fits(asked):
        raise Problem(422, "Ce n’est pas une période de ce formulaire.", code="unknown_period")
    return published(known.at(asked, day))


async def day_in(request: Request, database: Database) -> date:
    async with database.transaction() as work:
        return await today(work, settings_of(request).simulation, request.app.state.clock)


def latest(form: Form, day: date) -> Form:
    """As it holds for the last period that has ended."""
    running = Period(day.year) if form.kind == "annual" else Period.quarter_of(day)
    return form.at(running.previous(), day)


@router.get(
    "/{form}/template",
    summary="Télécharger un modèle à remplir",
    response_class=Response,
    responses=files(XLSX, "text/csv"),
)
async def download_template(
    form: str,
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    period: Annotated[str, Query(max_length=100)],
    format: Literal["xlsx", "csv"] = "xlsx",
    platform: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """The platform's own members stand in it already; `platform` is for the admin."""
    known, asking = known_form(form), _platform_asked(viewer, platform)
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        network = await read_network(work)
    template = _template(known, period, asking, network, day)
    if format == "csv":
        content, media_type = csv_template(template), CSV
    else:
        content, media_type = await asyncio.to_thread(render_template, template), XLSX
    return Response(content, headers=attached(template.file_name(format)), media_type=media_type)


def _platform_asked(viewer: Viewer, platform: str | None) -> str:
    refuse_member(viewer)
    if viewer.platform is None and not platform:
        raise Problem(422, "Dites pour quelle Plate-forme : paramètre « platform ».", code="no_platform")
    if viewer.platform is not None and platform not in (None, "", viewer.platform):
        raise not_found()
    return viewer.platform or platform or ""


def _template(form: Form, written: str, platform: str, network: Network, day: date) -> Template:
    period = parse_period(written)
    if period is None or is_unknown(Sending(form, period, platform, network, day, closed=False)):
        raise Problem(422, unknown_period(written, form, network).message, code="unknown_period")
    if network.platform(platform) is None:
        raise not_found()
    return template_of(form.at(period, day), period, platform, network)
