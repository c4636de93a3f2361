"""Editions as they were issued."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from services.aggregation.domain.scope import Level
from services.aggregation.tables.demands import demand
from services.aggregation.tables.editions import Edition, find_edition, last_editions, list_editions
from services.aggregation.web.doors import RoomDatabase, SignedIn, Uesl
from shared.clock import Clock
from shared.described import files, problems
from shared.files import XLSX, document_response
from shared.readings import today
from shared.report import Document
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, not_found, settings_of

router = APIRouter(tags=["editions"])

_CODE = r"^[A-Za-z0-9-]{1,100}$"


class ShownEdition(BaseModel, from_attributes=True, populate_by_name=True):
    """An edition; `sha256` is that of its document's canonical JSON; a registry version of 0 was not noted."""

    number: str
    form: str
    period: str
    by: Level = Field(validation_alias="level")
    edition: int
    issued_on: date
    complete: bool
    sha256: str
    registry_version: int


class WholeEdition(ShownEdition):
    """An edition with its document."""

    document: Document


@router.get("/api/v1/editions", summary="Lister les éditions")
async def get_editions(
    database: RoomDatabase,
    _: SignedIn,
    period: Annotated[str | None, Query(pattern=_CODE)] = None,
    form: Annotated[str | None, Query(pattern=_CODE)] = None,
) -> list[ShownEdition]:
    """All editions, or those of a period or a form; the newest periods first."""
    async with database.transaction() as work:
        return [ShownEdition.model_validate(edition) for edition in await list_editions(work, period, form)]


@router.get(
    "/api/v1/editions/{number}",
    response_model=WholeEdition,
    summary="Lire une édition",
    responses=files("text/csv", XLSX, "application/pdf"),
)
async def get_edition(
    database: RoomDatabase, _: SignedIn, number: str, format: Literal["json", "csv", "xlsx", "pdf"] = "json"
) -> WholeEdition | Response:
    """One edition, for ever the same."""
    async with database.transaction() as work:
        edition, document = await issued_edition(work, number)
    if format != "json":
        return await document_response(document, number, format)
    return WholeEdition(**ShownEdition.model_validate(edition).model_dump(), document=document)


class WantedEdition(BaseModel):
    """Of which tables: all levels of a form's quarter, or the synthesis (`synthese`) of one."""

    form: str = Field(pattern=_CODE)
    period: str = Field(pattern=_CODE)


class DemandKept(WantedEdition):
    """Looked at with the issue of the next day that begins; where nothing has moved, nothing is issued."""

    asked_on: date


@router.post("/api/v1/editions", status_code=202, summary="Demander une nouvelle édition", responses=problems(404))
async def demand_edition(request: Request, database: RoomDatabase, viewer: Uesl, wanted: WantedEdition) -> DemandKept:
    """UESL need not wait for Monday. The first edition comes by itself, the day after the deadline."""
    return await _demand(request, database, viewer, wanted)


async def _demand(request: Request, database: RoomDatabase, viewer: Viewer, wanted: WantedEdition) -> DemandKept:
    clock: Clock = request.app.state.clock
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, clock)
        if not await last_editions(work, wanted.form, wanted.period):
            raise Problem(404, "Aucune édition de ces tableaux n’a encore paru.", code="never_issued")
        await demand(work, wanted.form, wanted.period, day, viewer.name)
    return DemandKept(form=wanted.form, period=wanted.period, asked_on=day)


@router.post("/tableaux/editions", include_in_schema=False)
async def demand_from_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    form: Annotated[str, Form(pattern=_CODE)],
    period: Annotated[str, Form(pattern=_CODE)],
) -> RedirectResponse:
    await _demand(request, database, viewer, WantedEdition(form=form, period=period))
    return RedirectResponse(f"/tableaux?form={form}&period={period}&demande=1#editions", status_code=303)


async def issued_edition(work: Transaction, number: str) -> tuple[Edition, Document]:
    # PostgreSQL takes no NUL in a text.
    found = await find_edition(work, number) if "\0" not in number else None
    if found is None:
        raise not_found()
    return found[0], Document.from_json(found[1])
