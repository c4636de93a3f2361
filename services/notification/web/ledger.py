"""The ledger of reminders: what was due, who was written to and why, when, with what outcome, or why nobody was."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.notification.domain.reminders import situation
from services.notification.domain.words import form_title
from services.notification.web.doors import RoomDatabase, SignedIn
from shared.pages.words import Link, Paging
from shared.periods import Period
from shared.transaction import Transaction
from shared.web import page_context, pages_of

router = APIRouter(tags=["messages"])

PAGE = 100
LEVELS = {1: "rappel", 2: "relance", 3: "relance de la direction"}
OUTCOMES = {
    "sent": "pris par le serveur",
    "pending": "à envoyer",
    "failed": "en échec",
    "unknown": "issue inconnue",
    "not_sent": "pas envoyé",
    "undecided": "pas encore décidé",
}
_WHERE = """
FROM reminder LEFT JOIN message ON message.id = reminder.message
WHERE (CAST(:platform AS text) IS NULL OR platform = :platform) AND (CAST(:form AS text) IS NULL OR form = :form)
  AND (CAST(:period AS text) IS NULL OR period = :period)
"""
_LIST = f"""
SELECT platform, form, period, reminder.due, step, level, reminder.day, decided_at, reason, reminder.message,
       message.state, message.sent_at, message.last_error, coalesce(message.addressed, '[]') AS addressed,
       coalesce(message.addresses, '{{}}') AS addresses,
       CASE WHEN decided_at IS NULL THEN 'undecided' WHEN reminder.message IS NULL THEN 'not_sent'
            ELSE message.state END AS outcome
{_WHERE} ORDER BY reminder.day DESC, platform, reminder.due, form, period, step LIMIT :limit OFFSET :offset
"""
Text = Annotated[str | None, Query(max_length=100)]


class LedgerLine(BaseModel):
    """A step of the ladder for a form that was owed.

    `addressed`: each address with a name and why it was written to; `outcome`: what became of the mail that names it
    (`message`), or `not_sent` with the `reason`, or `undecided` until everything received before its day is heard.
    """

    platform: str
    form: str
    period: str
    due: date
    step: int
    level: int
    day: date
    decided_at: datetime | None
    outcome: str
    reason: str | None
    message: UUID | None
    sent_at: datetime | None
    last_error: str | None
    addressed: list[dict[str, Any]]


async def read_ledger(work: Transaction, about: dict[str, str | None], limit: int, offset: int) -> list[LedgerLine]:
    """Narrowed to a platform, a form, a period; None = all. The newest day first."""
    rows = await work.execute(_LIST, {**about, "limit": limit, "offset": offset})
    return [_line(row) for row in rows]


def _line(row: Any) -> LedgerLine:
    """What was written before reasons were kept went to whoever the registry named."""
    values = dict(row._mapping)
    told = values.pop("addressed") or [
        {"address": address, "name": "", "why": "adresse de la Plate-forme", "copied": False}
        for address in values["addresses"]
    ]
    return LedgerLine.model_validate({**values, "addressed": told})


@router.get("/api/v1/reminders/ledger", summary="Lire le registre des rappels")
async def get_ledger(
    database: RoomDatabase,
    viewer: SignedIn,
    platform: Text = None,
    form: Text = None,
    period: Text = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> list[LedgerLine]:
    """Every step reached, the newest day first, those that brought no mail too. A platform sees its own."""
    async with database.transaction(viewer.sees) as work:
        return await read_ledger(work, {"platform": platform, "form": form, "period": period}, limit, offset)


@router.get("/rappels", include_in_schema=False)
async def ledger_page(
    request: Request,
    database: RoomDatabase,
    viewer: SignedIn,
    platform: Text = None,
    form: Text = None,
    period: Text = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """The ledger, narrowed by the form above it."""
    about = {"platform": platform or None, "form": form or None, "period": (period or "").strip() or None}
    async with database.transaction(viewer.sees) as work:
        total = int((await work.execute(f"SELECT count(*) {_WHERE}", about)).scalar_one())
        lines = await read_ledger(work, about, PAGE, (page - 1) * PAGE)
    return pages_of(request).render(
        request,
        "notification/ledger.html",
        lines=lines,
        paging=Paging(page, PAGE, total),
        chosen={name: value or "" for name, value in about.items()},
        levels=LEVELS,
        outcomes=OUTCOMES,
        form_title=form_title,
        situation=situation,
        period_title=lambda text: Period.parse(text).title,
        breadcrumb=(Link("Boîte d’envoi", "/boite-envoi"), Link("Rappels")),
        **await page_context(request, database, viewer),
    )
