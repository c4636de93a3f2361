"""Tables as they stand now: the long table of a year, and the tables of the maquettes."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.aggregation.domain.long_table import HEADER, long_table
from services.aggregation.domain.scope import Level
from services.aggregation.tables.lines import last_reported_periods, long_figures
from services.aggregation.web.asked import QUARTERLY, form_of, scope_of
from services.aggregation.web.current import CurrentTable, current_table
from services.aggregation.web.doors import RoomDatabase, SignedIn
from shared.clock import Clock
from shared.described import files
from shared.files import CSV, XLSX, document_response, file_response
from shared.readings import read_network, registry_version, today
from shared.report import Document
from shared.report.csv import stream_csv
from shared.web import settings_of

router = APIRouter(tags=["tables"])


class ShownFigures(BaseModel):
    """One measure of a member or a group: its quarter, and its cumul since 1 January."""

    form: str
    period: str
    level: str
    code: str
    measure: str
    quarter: int | Decimal
    ytd: int | Decimal


class ShownMissing(BaseModel):
    """An expected member without a line."""

    platform: str
    member: str
    nothing_received: bool


class ShownTable(BaseModel):
    """A table as it stands; `complete` once the quarter is over and nothing is missing."""

    form: str
    period: str
    by: Level
    complete: bool
    missing: list[ShownMissing]
    document: Document


@router.get(
    "/api/v1/tables",
    response_model=list[ShownFigures],
    summary="Lire tous les chiffres d’une année",
    responses=files("text/csv"),
)
async def get_long_table(
    database: RoomDatabase,
    _: SignedIn,
    year: int = Query(ge=1000, le=2999),
    format: Literal["json", "csv"] = "json",
) -> list[ShownFigures] | Response:
    """Every figure of the year: quarter and cumul of each measure, at each level, for all quarterly forms."""
    codes = [form.code for form in QUARTERLY]
    async with database.transaction(one_snapshot=True) as work:
        await registry_version(work)
        figures = await long_figures(work, codes, year)
        last = await last_reported_periods(work, codes)
    rows = long_table(year, QUARTERLY, figures, last)
    if format == "json":
        return [ShownFigures(**row._asdict()) for row in rows]
    return file_response(b"".join(stream_csv(HEADER, rows)), CSV, f"tables-{year}.csv")


@router.get(
    "/api/v1/tables/{form}",
    response_model=ShownTable,
    summary="Lire un tableau à jour",
    responses=files("text/csv", XLSX, "application/pdf"),
)
async def get_table(
    request: Request,
    database: RoomDatabase,
    _: SignedIn,
    form: str,
    period: str,
    level: Annotated[Level, Query(alias="by")] = "member",
    format: Literal["json", "csv", "xlsx", "pdf"] = "json",
) -> ShownTable | Response:
    """A form's quarter, with the cumul since 1 January, at one level."""
    form_of(form)
    clock: Clock = request.app.state.clock
    async with database.transaction(one_snapshot=True) as work:
        network = await read_network(work)
        scope = scope_of(network, form, period, level)
        table = await current_table(work, scope, network, await today(work, settings_of(request).simulation, clock))
    name = f"{form}-{scope.period}-{level}"
    return _shown(table) if format == "json" else await document_response(table.document, name, format)


def _shown(table: CurrentTable) -> ShownTable:
    return ShownTable(
        form=table.scope.form.code,
        period=str(table.scope.period),
        by=table.scope.level,
        complete=table.is_complete,
        missing=[ShownMissing(**line._asdict()) for line in table.content.missing],
        document=table.document,
    )
