"""The pages of a member: everything filed in its name, and the lines of one version."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.ingestion.tables.filed_lines import FiledLine, WantedLines, filings_wanted, lines_wanted
from services.ingestion.web.change_told import told_value
from services.ingestion.web.doors import RoomDatabase, SignedIn
from shared.forms import FORMS, Form
from shared.network import Network
from shared.pages.words import Link, Paging
from shared.readings import NoRegistry, read_network
from shared.transaction import Transaction
from shared.web import Problem, not_found, page_context, pages_of

router = APIRouter(include_in_schema=False)

_FILINGS, _LINES = 50, 100
PageNumber = Annotated[int, Query(ge=1, le=10**6)]


@router.get("/mes-lignes")
async def filings_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, page: PageNumber = 1, toutes: bool = False
) -> HTMLResponse:
    """The versions in force; with `toutes` those that were replaced too."""
    wanted = WantedLines(member=_reader(viewer.member), standing=not toutes)
    async with database.transaction(viewer.sees) as work:
        total, filings = await filings_wanted(work, wanted, _FILINGS, (page - 1) * _FILINGS)
        network = await _network(work)
    context: dict[str, Any] = await page_context(request, database, viewer)
    context |= {"filings": filings, "paging": Paging(page, _FILINGS, total), "toutes": toutes, "forms": FORMS}
    context |= {"member": network and network.member(viewer.member or ""), "platforms": _names(network)}
    return pages_of(request).render(request, "ingestion/my_filings.html", **context)


@router.get("/mes-lignes/{submission}")
async def lines_page(
    request: Request, submission: UUID, database: RoomDatabase, viewer: SignedIn, page: PageNumber = 1
) -> HTMLResponse:
    wanted = WantedLines(submission=submission, member=_reader(viewer.member))
    async with database.transaction(viewer.sees) as work:
        total, lines = await lines_wanted(work, wanted, (page - 1) * _LINES + 1, _LINES)
        network = await _network(work)
    if not lines:
        raise not_found()
    filing = lines[0].filing
    context: dict[str, Any] = await page_context(request, database, viewer)
    context |= {"filing": filing, "rows": [_told(line) for line in lines], "total": total}
    context |= {"paging": Paging(page, _LINES, total), "headings": _headings(lines[0])}
    context |= {"title": FORMS[filing.form].title, "platforms": _names(network)}
    context["breadcrumb"] = [Link("Mes lignes", "/mes-lignes"), Link(f"Version {filing.version}")]
    return pages_of(request).render(request, "ingestion/my_lines.html", **context)


def _reader(member: str | None) -> str:
    if member is None:
        raise Problem(403, "Cette page est celle d’un CIL/CCI, qui y entre avec son jeton.")
    return member


async def _network(work: Transaction) -> Network | None:
    try:
        return await read_network(work)
    except NoRegistry:
        return None


def _names(network: Network | None) -> dict[str, str]:
    return {platform.code: platform.name for platform in network.platforms} if network else {}


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line with its place in the file."""

    number: int
    cells: tuple[str, ...]


def _told(line: FiledLine) -> LineTold:
    form = FORMS[line.filing.form]
    values = zip(line.columns, line.row[1:], strict=True)
    return LineTold(line.row[0], tuple(_cell(form, name, value) for name, value in values))


def _cell(form: Form, name: str, value: object) -> str:
    return "" if value is None else told_value(form, form.by_name.get(name), value)


def _headings(line: FiledLine) -> list[tuple[str, bool]]:
    """Each column's label, and whether it holds figures."""
    columns = FORMS[line.filing.form].by_name
    known = [columns.get(name) for name in line.columns]
    return [
        (column.label if column else name, column is not None and column.type in ("count", "amount"))
        for name, column in zip(line.columns, known, strict=True)
    ]
