"""The pages of the tables: choose one, read it, take it away, find what was issued."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.aggregation.domain.arranging import Arrangement, arranged, with_links, with_rows
from services.aggregation.domain.names import BY_LEVEL
from services.aggregation.domain.scope import Level
from services.aggregation.domain.synthesis import SYNTHESIS
from services.aggregation.tables.editions import list_editions
from services.aggregation.tables.lines import last_reported_periods
from services.aggregation.web.asked import QUARTERLY, form_of, offered_periods, scope_of
from services.aggregation.web.cell_links import edition_links, table_links
from services.aggregation.web.current import current_table
from services.aggregation.web.doors import RoomDatabase, SignedIn
from services.aggregation.web.editions import issued_edition
from shared.clock import Clock
from shared.network import Network
from shared.pages import Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.report import Column
from shared.web import page_context, pages_of, settings_of

router = APIRouter(include_in_schema=False)


@router.get("/tableaux")
async def tables_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    form: str = QUARTERLY[0].code,
    period: str = "",
    level: Annotated[Level, Query(alias="by")] = "member",
    search: Annotated[str, Query(alias="cherche", max_length=100)] = "",
    column: Annotated[str, Query(alias="tri", max_length=100)] = "",
    order: Annotated[Literal["", "desc"], Query(alias="ordre")] = "",
) -> HTMLResponse:
    """The chosen table as it stands, and the editions of its quarter; by default the last quarter reported."""
    form_of(form)
    clock: Clock = request.app.state.clock
    async with database.transaction(one_snapshot=True) as work:
        network, day = await read_network(work), await today(work, settings_of(request).simulation, clock)
        last = (await last_reported_periods(work, [form])).get(form)
        scope = scope_of(network, form, period or str(_default_period(network, last, day)), level)
        table = await current_table(work, scope, network, day)
        editions = await list_editions(work, str(scope.period), form)
    asked = Arrangement(search, column, descending=order == "desc")
    figures, links = table.document.table("figures"), table_links(table.document, scope, table.content)
    places = arranged(figures, asked)
    return pages_of(request).render(
        request,
        "aggregation/tables.html",
        **await page_context(request, database, viewer),
        table=table,
        asked=asked,
        tables=[with_rows(figures, places), *table.document.tables[1:]],
        links={**links, "figures": with_links(links["figures"], places)},
        columns=[("", "l’ordre du tableau"), *((one.key, _full_label(one)) for one in figures.columns)],
        editions={(edition.level, edition.edition): edition for edition in editions},
        numbers=sorted({edition.edition for edition in editions}),
        levels=BY_LEVEL,
        forms=[(known.code, known.title) for known in QUARTERLY],
        periods=[
            (str(known), known.title) for known in offered_periods(network, day, scope.period, *filter(None, [last]))
        ],
    )


def _full_label(column: Column) -> str:
    return f"{column.group} – {column.label}" if column.group else column.label


def _default_period(network: Network, last: Period | None, day: date) -> Period:
    return last or max(Period.parse(network.first_period), Period.quarter_of(day).previous())


@router.get("/tableaux/editions/{number}")
async def edition_page(request: Request, database: RoomDatabase, viewer: SignedIn, number: str) -> HTMLResponse:
    """An edition as it was issued, and the others of the same table."""
    async with database.transaction() as work:
        edition, document = await issued_edition(work, number)
        links = await edition_links(work, number, document)
        others = await list_editions(work, edition.period, edition.form)
    address = (
        "/tableaux/synthese?" if edition.form == SYNTHESIS else f"/tableaux?form={edition.form}&by={edition.level}&"
    )
    table_link = Link("Tableaux", f"{address}period={edition.period}")
    return pages_of(request).render(
        request,
        "aggregation/edition.html",
        **await page_context(request, database, viewer),
        edition=edition,
        document=document,
        links=links,
        others=[other for other in others if other.level == edition.level],
        levels=BY_LEVEL,
        breadcrumb=(table_link, Link(f"Édition {edition.edition}")),
    )
