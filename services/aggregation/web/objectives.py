"""Objectives: read by all, set by UESL."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.aggregation.domain.figures import InexactFigure, major_units, minor_units
from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.names import BY_LEVEL, Names
from services.aggregation.domain.scope import Level
from services.aggregation.tables.objectives import About, KeptObjective, all_objectives, set_objectives
from services.aggregation.web.asked import QUARTERLY
from services.aggregation.web.doors import RoomDatabase, SignedIn, Uesl
from shared import forms
from shared.clock import Clock
from shared.forms import FORMS
from shared.network import Network
from shared.pages.words import FieldError, Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.regions import DEPARTMENTS, NoRegionOnThatDay, region_on
from shared.report.french import typeset
from shared.security import Viewer
from shared.web import Problem, page_context, pages_of, settings_of

router = APIRouter(tags=["objectives"])

MOST_AT_ONCE = 5_000


class WantedObjective(BaseModel):
    """What a measure of a quarterly form is to come to in a year; without a value, nothing any more."""

    form: str = Field(max_length=100)
    measure: str = Field(max_length=100)
    by: Level
    code: str = Field(default=NATIONAL_CODE, max_length=100)
    year: int = Field(ge=1000, le=2999)
    value: Decimal | None = Field(ge=0, lt=10**15, allow_inf_nan=False)


class ShownObjective(BaseModel):
    """A version of an objective, and who set it when."""

    form: str
    measure: str
    by: Level
    code: str
    year: int
    version: int
    value: int | Decimal | None
    set_on: date
    set_by: str
    set_at: AwareDatetime


class ObjectivesKept(BaseModel):
    """How many were new."""

    changed: int


@router.get("/api/v1/objectives", summary="Lire les objectifs d’une année")
async def get_objectives(
    database: RoomDatabase, _: SignedIn, year: Annotated[int, Query(ge=1000, le=2999)]
) -> list[ShownObjective]:
    """Every version of every objective, the newest of each first."""
    async with database.transaction() as work:
        return [_shown(one) for one in await all_objectives(work, year)]


def _shown(one: KeptObjective) -> ShownObjective:
    about = one.about
    return ShownObjective(
        form=about.form,
        measure=about.measure,
        by=about.level,
        code=about.code,
        year=about.year,
        version=one.version,
        value=None if one.value is None else major_units(one.value, about.scale),
        set_on=one.set_on,
        set_by=one.set_by,
        set_at=one.set_at,
    )


@router.put("/api/v1/objectives", summary="Fixer des objectifs")
async def put_objectives(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    wanted: Annotated[list[WantedObjective], Field(max_length=MOST_AT_ONCE)],
) -> ObjectivesKept:
    """All or none: what is not known is told, all at once. Those that already stand make no new version."""
    return ObjectivesKept(changed=await _keep(request, database, viewer, wanted))


async def _keep(request: Request, database: RoomDatabase, viewer: Viewer, wanted: Sequence[WantedObjective]) -> int:
    clock: Clock = request.app.state.clock
    async with database.transaction() as work:
        network = await read_network(work)
        if faults := [fault for n, one in enumerate(wanted, start=1) for fault in _faults(network, n, one)]:
            raise Problem(422, typeset(" ; ".join(faults[:20])), code="unknown_objective", faults=faults)
        day = await today(work, settings_of(request).simulation, clock)
        return await set_objectives(work, [_minor(one) for one in wanted], day, viewer.name)


def _faults(network: Network, n: int, one: WantedObjective) -> list[str]:
    measure = _measure(one.form, one.measure)
    if measure is None:
        return [f"objectif {n} : le formulaire {one.form[:40]} n’a pas de mesure {one.measure[:40]}"]
    found = []
    if one.code not in _codes(network, one.by, one.year):
        found.append(f"objectif {n} : {one.code[:40]} n’est pas connu {BY_LEVEL[one.by]}")
    try:
        minor_units([one.value or 0], measure.scale)
    except InexactFigure:
        found.append(f"objectif {n} : {measure.label} s’écrit avec {measure.scale} décimale(s) au plus")
    return found


def _measure(form: str, measure: str) -> forms.Column | None:
    if FORMS.get(form) not in QUARTERLY:
        return None
    return next((column for column in FORMS[form].measures if column.name == measure), None)


def _codes(network: Network, level: Level, year: int) -> set[str]:
    match level:
        case "member":
            return {member.code for member in network.members}
        case "platform":
            return {platform.code for platform in network.platforms}
        case "region":
            return _regions(date(year, 12, 31))
    return {NATIONAL_CODE}


def _regions(day: date) -> set[str]:
    found = set()
    for department in DEPARTMENTS:
        try:
            found.add(region_on(department, day).code)
        except NoRegionOnThatDay:
            continue
    return found


def _minor(one: WantedObjective) -> tuple[About, int | None]:
    about = About(one.form, one.measure, one.by, one.code, one.year)
    return about, None if one.value is None else minor_units([one.value], about.scale)[0]


@router.get("/objectifs", include_in_schema=False)
async def objectives_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    year: Annotated[int | None, Query(ge=1000, le=2999)] = None,
) -> HTMLResponse:
    """The objectives of a year with their history; UESL sets them here."""
    return await _page(request, database, viewer, year)


async def _page(
    request: Request,
    database: RoomDatabase,
    viewer: Viewer,
    year: int | None,
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> HTMLResponse:
    clock: Clock = request.app.state.clock
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, clock)
        chosen = year or day.year
        kept = await all_objectives(work, chosen)
        network = await read_network(work)
    return pages_of(request).render(
        request,
        "aggregation/objectives.html",
        status,
        **await page_context(request, database, viewer),
        year=chosen,
        years=_years(network, day, chosen),
        errors=errors,
        forms=FORMS,
        kept=[_told(one) for one in kept],
        names=Names(network, date(chosen, 12, 31)),
        measures=[
            (f"{form.code}/{c.name}", f"{form.service_title} – {c.label}") for form in QUARTERLY for c in form.measures
        ],
        levels=BY_LEVEL,
        breadcrumb=(Link("Tableaux", "/tableaux"), Link("Objectifs")),
    )


def _years(network: Network, day: date, chosen: int) -> list[tuple[str, str]]:
    first = Period.parse(network.first_period).year
    return [(str(one), str(one)) for one in sorted({*range(first, day.year + 2), chosen}, reverse=True)]


def _told(one: KeptObjective) -> dict[str, object]:
    column = _measure(one.about.form, one.about.measure)
    value = None if one.value is None else major_units(one.value, one.about.scale)
    return {"kept": one, "measure": column.label if column else one.about.measure, "value": value}


@router.post("/objectifs", include_in_schema=False)
async def set_from_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    year: Annotated[int, Form(ge=1000, le=2999)],
    measure: Annotated[str, Form(max_length=200)],
    by: Annotated[Level, Form()],
    code: Annotated[str, Form(max_length=100)] = "",
    value: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """One objective; an empty figure takes it away."""
    form, _, name = measure.partition("/")
    try:
        amount = _written(value)
        wanted = WantedObjective(
            form=form,
            measure=name,
            by=by,
            code=NATIONAL_CODE if by == "national" else code.strip(),
            year=year,
            value=amount,
        )
        await _keep(request, database, viewer, [wanted])
    except ValueError:
        return await _page(
            request, database, viewer, year, [FieldError("value", "Ce n’est pas un nombre positif.")], 422
        )
    except Problem as problem:
        return await _page(request, database, viewer, year, [FieldError("code", str(problem))], 422)
    return RedirectResponse(f"/objectifs?year={year}", status_code=303)


def _written(text: str) -> Decimal | None:
    """As it is written in French; ValueError for what is no figure."""
    plain = "".join(text.split()).replace("\u202f", "").replace("\xa0", "").replace(",", ".")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(text)
    return amount
