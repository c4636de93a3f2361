"""Why is a figure what it is: the lines of any cell of any table or edition, as JSON, CSV, a workbook and a page."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from services.aggregation.domain.lineage import FiledLine, Reader, Span
from services.aggregation.domain.lineage_document import TITLE, Lineage, label, lineage_document, verdict
from services.aggregation.domain.scope import Level
from services.aggregation.web.asked_cell import AskedCell
from services.aggregation.web.doors import RoomDatabase, SignedIn
from services.aggregation.web.explained import Compared, compare, explain, tables_link
from shared.database import Database
from shared.described import files, problems
from shared.files import CSV, XLSX, document_response, file_response
from shared.pages import Link
from shared.pages.words import Paging
from shared.readings import read_network
from shared.report import Cell
from shared.report.csv import stream_csv
from shared.security import Viewer
from shared.web import page_context, pages_of

router = APIRouter()

MOST_AT_ONCE = 1_000
_ON_A_PAGE = 100
_HEADER = ("state", "period", "platform", "member", "department", "region", "value", "submission", "version", "line",
           "received_on", "corrected", "replaced_on")  # fmt: skip

Asked = Annotated[AskedCell, Depends()]


class LineageLine(BaseModel):
    """A line of the cell; what only its Plate-forme, its member and the admin may read is null to others.

    `corrected`: its version replaced an earlier one.
    """

    period: str
    platform: str
    member: str
    department: str
    region: str | None
    value: int | Decimal
    submission: UUID | None
    version: int | None
    line: int | None
    received_on: date | None
    corrected: bool | None


class ReplacedLine(LineageLine):
    """What a version that was replaced had said; its figures are in no total."""

    replaced_on: date | None


class LineageQuarter(BaseModel):
    """How many lines a quarter of the cell has, and what they come to."""

    period: str
    lines: int
    sum: int | Decimal


class ShownLineage(BaseModel):
    """A figure as its table prints it (`total`), the sum of its lines, and these from number `first` on."""

    form: str
    period: str
    by: Level
    code: str
    member: str | None
    measure: str
    span: Span
    edition: str | None
    total: int | Decimal
    sum: int | Decimal
    agrees: bool = Field(description="the lines come to the printed figure exactly")
    quarters: list[LineageQuarter]
    count: int = Field(description="how many lines there are")
    first: int
    lines: list[LineageLine]
    next: str | None
    superseded: list[ReplacedLine]


def reader_of(viewer: Viewer) -> Reader:
    return Reader(viewer.sees_all, viewer.platform, viewer.member)


@router.get(
    "/api/v1/lineage",
    tags=["lineage"],
    response_model=ShownLineage,
    summary="Expliquer un chiffre par ses lignes",
    responses={**files("text/csv", XLSX), **problems(404)},
)
async def get_lineage(
    database: RoomDatabase,
    viewer: SignedIn,
    asked: Asked,
    first: Annotated[int, Query(ge=1, le=10**9)] = 1,
    many: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE,
    format: Literal["json", "csv", "xlsx"] = "json",
) -> ShownLineage | Response:
    """The submissions, versions and lines of a cell, and apart what replaced versions had said; files hold every line.

    Tables are for all; how a line was filed is read by its Plate-forme, the member in whose name it is, and the admin.
    """
    lineage = await _explained(database, viewer, asked, *((first, many) if format == "json" else (1, None)))
    if format == "csv":
        return file_response(b"".join(stream_csv(_HEADER, _csv_rows(lineage))), CSV, "lignes-d-un-chiffre.csv")
    if format == "xlsx":
        return await document_response(lineage_document(lineage), "lignes-d-un-chiffre", "xlsx")
    return _shown(lineage, asked, first, many)


async def _explained(database: Database, viewer: Viewer, asked: AskedCell, first: int, many: int | None) -> Lineage:
    async with database.transaction(one_snapshot=True) as work:
        return await explain(work, await read_network(work), asked, reader_of(viewer), first, many)


def _shown(lineage: Lineage, asked: AskedCell, first: int, many: int) -> ShownLineage:
    more = first + many <= lineage.count
    return ShownLineage(
        **asked.named(),
        total=lineage.major(lineage.total),
        sum=lineage.major(lineage.sum),
        agrees=lineage.agrees,
        quarters=[
            LineageQuarter(period=str(period), lines=one.lines, sum=lineage.value(one.figures))
            for period, one in sorted(lineage.quarters.items())
        ],
        count=lineage.count,
        first=first,
        lines=[LineageLine(**_told(lineage, line)) for line in lineage.lines],
        next=f"/api/v1/lineage?{asked.query()}&{urlencode({'first': first + many, 'many': many})}" if more else None,
        superseded=[ReplacedLine(**_told(lineage, line), replaced_on=line.replaced_on) for line in lineage.replaced],
    )


def _told(lineage: Lineage, line: FiledLine) -> dict[str, Any]:
    """By field, as far as whoever asks may read it."""
    public = {name: getattr(line, name) for name in ("period", "platform", "member", "department", "region")}
    filed = ("submission", "version", "line", "received_on")
    is_readable = lineage.reader.may_read(line)
    own = {name: getattr(line, name) if is_readable else None for name in filed}
    return {
        **public,
        "value": lineage.value(line.figures),
        **own,
        "corrected": line.version > 1 if is_readable else None,
    }


def _csv_rows(lineage: Lineage) -> Iterator[list[Cell]]:
    for state, lines in (("standing", lineage.lines), ("superseded", lineage.replaced)):
        for line in lines:
            told = {**_told(lineage, line), "state": state}
            told["replaced_on"] = line.replaced_on if state == "superseded" else None
            yield [_plain(told[name]) for name in _HEADER]


def _plain(value: Any) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    cell: Cell = str(value) if isinstance(value, UUID) else value
    return cell


@router.get("/tableaux/pourquoi", include_in_schema=False)
async def lineage_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    asked: Asked,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
    against: Annotated[str | None, Query(max_length=7, description="the earlier period of a difference")] = None,
) -> HTMLResponse:
    async with database.transaction(one_snapshot=True) as work:
        network = await read_network(work)
        lineage = await explain(work, network, asked, reader_of(viewer), _ON_A_PAGE * (page - 1) + 1, _ON_A_PAGE)
        compared: Compared | None = await compare(work, network, asked, lineage, against) if against else None
    return pages_of(request).render(
        request,
        "aggregation/lineage.html",
        **await page_context(request, database, viewer),
        lineage=lineage,
        asked=asked,
        compared=compared,
        title=TITLE,
        label=label(lineage),
        verdict=verdict(lineage),
        document=lineage_document(lineage),
        paging=Paging(page, _ON_A_PAGE, lineage.count),
        breadcrumb=(tables_link(asked), Link(TITLE)),
    )
