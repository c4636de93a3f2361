"""The pages of warnings: said a word about from the submission's page, listed for whoever has to act."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.ingestion.domain.warnings import RULES
from services.ingestion.domain.warnings.words import State
from services.ingestion.tables.warning_lists import RuleStatistics, list_warnings, statistics
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.warning_words import say
from shared.forms import FORMS
from shared.pages.words import Link, Paging
from shared.web import page_context, pages_of

router = APIRouter(include_in_schema=False)

_PAGE = 100
_STATES: dict[str, tuple[State, ...]] = {"expliquer": ("open", "asked_back"), "decider": ("explained",)}


@router.post("/depots/{submission}/avertissements/{n}")
async def say_from_page(
    request: Request,
    submission: UUID,
    n: Annotated[int, Path(ge=1, le=10**9)],
    database: RoomDatabase,
    viewer: SignedIn,
    kind: Annotated[Literal["explanation", "acceptance", "question"], Form()],
    text: Annotated[str, Form()] = "",
    again: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """`again` takes up what explained the same warning before."""
    await say(request, database, viewer, (submission, n), kind, None if again else text)
    return RedirectResponse(f"/depots/{submission}#avertissement-{n}", status_code=303)


@router.get("/avertissements")
async def list_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    etat: Literal["expliquer", "decider"] | None = None,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    """A platform's own; for UESL everybody's, and what becomes of each rule's."""
    chosen = etat or ("decider" if viewer.sees_all else "expliquer")
    told: list[RuleStatistics] = []
    async with database.transaction(viewer.sees) as work:
        total, found = await list_warnings(work, _STATES[chosen], None, _PAGE, (page - 1) * _PAGE)
        if viewer.sees_all:
            told = [one for one in await statistics(work) if one.raised]
    context: dict[str, Any] = await page_context(request, database, viewer)
    context |= {"warnings": found, "chosen": chosen, "paging": Paging(page, _PAGE, total)}
    context |= {"rules": RULES, "forms": FORMS, "statistics": told}
    context["breadcrumb"] = [Link("Dépôts", "/depots"), Link("Avertissements")]
    return pages_of(request).render(request, "ingestion/warning_list.html", **context)
