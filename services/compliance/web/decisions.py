"""Extensions of deadlines, closing and reopening of periods: decided by UESL with a reason, kept and shown."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from services.compliance.domain.closing import LONGEST_MONTHS, ClosingRule
from services.compliance.domain.deciding import (
    NotToBeDecided,
    check_closing,
    check_extension,
    check_reason,
    check_reopening,
    read_about,
)
from services.compliance.domain.extensions import EVERY_PLATFORM, Extension
from services.compliance.tables.extensions import (
    Decision,
    closing_rules,
    due_days,
    keep_rule,
    list_closings,
    list_extensions,
)
from services.compliance.tables.settling import (
    Settlement,
    extend_deadline,
    lock_decisions,
    say_closings,
    settle_period,
)
from services.compliance.web.doors import RoomDatabase, SignedIn, Uesl
from services.compliance.web.recording import recorded_at
from shared.database import Database
from shared.forms import FORMS
from shared.network import Day as IsoDay
from shared.network import Network
from shared.pages.words import FieldError, Link
from shared.periods import Period
from shared.readings import read_network, today
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import Problem, page_context, pages_of, settings_of

router = APIRouter(tags=["obligations"])
SHOWN = 200
PAGE = "/echeances/decisions"


class ExtensionWanted(BaseModel):
    """Until when a platform (or all: "") may send a form on time; null takes an extension back."""

    platform: str = ""
    form: str
    period: str
    until: IsoDay | None
    reason: str = Field(max_length=2000)


class ClosingWanted(BaseModel):
    """Closes a period for a platform (or all: "") from a day on, or reopens it, until a day included or for good."""

    platform: str = ""
    form: str
    period: str
    closes: bool
    day: IsoDay | None
    reason: str = Field(max_length=2000)


class RuleWanted(BaseModel):
    """Periods that end on that day or later close so many months after their deadline; null: never by themselves."""

    valid_from: IsoDay
    months: int | None = Field(ge=0, le=LONGEST_MONTHS)
    reason: str = Field(max_length=2000)


class _Decided(BaseModel, from_attributes=True):
    position: int
    reason: str
    decided_by: str
    decided_at: datetime


class ShownExtension(_Decided):
    """A decision on a due day; the last about a platform, or about all, stands."""

    platform: str
    form: str
    period: str
    until: date | None


class ShownClosing(_Decided):
    """A closing or a reopening: from which day the period receives nothing more; null = it stays open."""

    platform: str
    form: str
    period: str
    closed_from: date | None
    by_rule: bool


class ShownRule(_Decided):
    """A rule by which periods close."""

    valid_from: date
    months: int | None


Act = Callable[[Transaction, Network, date, Decision], Awaitable[None]]


async def _decide(request: Request, database: Database, viewer: Viewer, reason: str, act: Act) -> None:
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        await lock_decisions(work)
        decision = Decision(viewer.name, await recorded_at(request, work), reason.strip())
        await act(work, await read_network(work), day, decision)


def _extending(wanted: ExtensionWanted) -> Act:
    async def extend(work: Transaction, network: Network, day: date, decision: Decision) -> None:
        form, period = read_about(network, wanted.platform, wanted.form, wanted.period)
        check_extension(form, period, wanted.until, day, wanted.reason)
        extension = Extension(wanted.platform, form.code, str(period), wanted.until, day)
        await extend_deadline(work, network, extension, decision)

    return extend


def _settling(wanted: ClosingWanted) -> Act:
    async def settle(work: Transaction, network: Network, day: date, decision: Decision) -> None:
        form, period = read_about(network, wanted.platform, wanted.form, wanted.period)
        if wanted.closes:
            dues = await due_days(work)
            concerned = [wanted.platform] if wanted.platform else [one.code for one in network.platforms]
            last_due = max((dues.due(code, form, period) for code in concerned), default=form.due(period))
            check_closing(form, last_due, period, wanted.day or day, wanted.reason)
            closed: date | None = wanted.day or day
        else:
            check_reopening(period, wanted.day, day, wanted.reason)
            closed = wanted.day and wanted.day + timedelta(days=1)
        about = wanted.platform, form.code, str(period)
        await settle_period(work, Settlement(about, closed, reopens=not wanted.closes), decision)

    return settle


def _ruling(wanted: RuleWanted) -> Act:
    async def rule(work: Transaction, network: Network, day: date, decision: Decision) -> None:
        if faults := check_reason(wanted.reason):
            raise NotToBeDecided(faults)
        await keep_rule(work, ClosingRule(wanted.valid_from, wanted.months), decision)
        await say_closings(work, network, day)

    return rule


def _refused(error: NotToBeDecided) -> Problem:
    errors = [{"field": field, "message": message} for field, message in error.faults]
    return Problem(422, str(error), code="not_to_be_decided", errors=errors)


@router.get("/api/v1/extensions", summary="Lister les prolongations d’échéances")
async def get_extensions(database: RoomDatabase, viewer: SignedIn) -> list[ShownExtension]:
    """The newest first; a platform is shown its own, and those for all."""
    async with database.transaction(viewer.sees) as work:
        return [ShownExtension.model_validate(row) for row in await list_extensions(work, SHOWN)]


@router.post("/api/v1/extensions", status_code=204, summary="Prolonger une échéance")
async def post_extension(request: Request, database: RoomDatabase, viewer: Uesl, wanted: ExtensionWanted) -> None:
    """Reminders and late states follow; whoever was late and is in time now is shown so."""
    try:
        await _decide(request, database, viewer, wanted.reason, _extending(wanted))
    except NotToBeDecided as error:
        raise _refused(error) from error


@router.get("/api/v1/closings", summary="Lister les clôtures et réouvertures de périodes")
async def get_closings(database: RoomDatabase, viewer: SignedIn) -> list[ShownClosing]:
    """The newest first; a platform is shown its own, and those for all."""
    async with database.transaction(viewer.sees) as work:
        return [ShownClosing.model_validate(row) for row in await list_closings(work, SHOWN)]


@router.post("/api/v1/closings", status_code=204, summary="Clore ou rouvrir une période")
async def post_closing(request: Request, database: RoomDatabase, viewer: Uesl, wanted: ClosingWanted) -> None:
    """Files for a closed period are refused with `period_closed`, from the day given on."""
    try:
        await _decide(request, database, viewer, wanted.reason, _settling(wanted))
    except NotToBeDecided as error:
        raise _refused(error) from error


@router.get("/api/v1/closing-rules", summary="Lister les règles de clôture")
async def get_rules(database: RoomDatabase, _: SignedIn) -> list[ShownRule]:
    """In the order in which they were set; of those that hold for a period, the latest to begin, then the last set."""
    async with database.transaction() as work:
        return [ShownRule.model_validate(row) for row in await closing_rules(work)]


@router.post("/api/v1/closing-rules", status_code=204, summary="Fixer la règle de clôture")
async def post_rule(request: Request, database: RoomDatabase, viewer: Uesl, wanted: RuleWanted) -> None:
    """Periods that it closes, or opens again, are told at once."""
    try:
        await _decide(request, database, viewer, wanted.reason, _ruling(wanted))
    except NotToBeDecided as error:
        raise _refused(error) from error


@router.get(PAGE, include_in_schema=False)
async def decisions_page(request: Request, database: RoomDatabase, viewer: SignedIn) -> Response:
    """What was decided; for UESL, with the forms to decide."""
    return await _page(request, database, viewer)


async def _page(
    request: Request,
    database: Database,
    viewer: Viewer,
    errors: tuple[FieldError, ...] = (),
    typed: dict[str, Any] | None = None,
) -> Response:
    async with database.transaction(viewer.sees) as work:
        network = await read_network(work)
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        extensions, closings = await list_extensions(work, SHOWN), await list_closings(work, SHOWN)
        rules = await closing_rules(work)
    return pages_of(request).render(
        request,
        "compliance/decisions.html",
        422 if errors else 200,
        extensions=extensions,
        closings=closings,
        rules=rules,
        day=day,
        forms=FORMS,
        platforms=[(EVERY_PLATFORM, "toutes"), *((one.code, f"{one.code} – {one.name}") for one in network.platforms)],
        form_choices=[(form.code, form.title) for form in FORMS.values()],
        typed=typed or {},
        errors=errors,
        titles={row.period: Period.parse(row.period).title for row in (*extensions, *closings)},
        breadcrumb=(Link("Échéances", "/echeances"), Link("Décisions")),
        **await page_context(request, database, viewer),
    )


@router.post(PAGE, include_in_schema=False)
async def decide_by_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    what: Annotated[Literal["extend", "close", "reopen", "rule"], Form()],
    platform: Annotated[str, Form(max_length=100)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
    period: Annotated[str, Form(max_length=20)] = "",
    day: Annotated[str, Form(max_length=20)] = "",
    months: Annotated[str, Form(max_length=5)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """One decision; the page comes back with what is wrong with it, or with it in its lists."""
    typed = {"what": what, "platform": platform, "form": form, "period": period, "day": day}
    typed |= {"months": months, "reason": reason}
    try:
        await _decide(request, database, viewer, reason, _act(typed))
    except NotToBeDecided as error:
        fields = {"until": "day", "closed_from": "day", "valid_from": "day"}
        errors = tuple(FieldError(f"{what}-{fields.get(field, field)}", sentence) for field, sentence in error.faults)
        return await _page(request, database, viewer, errors, typed)
    return RedirectResponse(PAGE, status_code=303)


def _act(typed: dict[str, str]) -> Act:
    day = _day(typed["day"])
    about = {"platform": typed["platform"], "form": typed["form"], "period": typed["period"].strip()}
    if typed["what"] == "extend":
        return _extending(ExtensionWanted(**about, until=day, reason=typed["reason"]))
    if typed["what"] == "rule":
        months = typed["months"].strip()
        if day is None or (months and not (months.isascii() and months.isdigit() and int(months) <= LONGEST_MONTHS)):
            raise NotToBeDecided([("months", "Un premier jour, et un nombre de mois jusqu’à 120, ou rien.")])
        return _ruling(RuleWanted(valid_from=day, months=int(months) if months else None, reason=typed["reason"]))
    return _settling(ClosingWanted(**about, closes=typed["what"] == "close", day=day, reason=typed["reason"]))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotToBeDecided([("until", "Un jour s’écrit AAAA-MM-JJ.")]) from None
