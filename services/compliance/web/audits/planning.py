"""Planning: who is due by when, what the calendar lacks, the load, firms, campaigns and audits on demand."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.compliance.domain.audits import BASES, KINDS, Audit, AuditRefused, Basis, Step
from services.compliance.domain.audits.planning import SITUATIONS, Due, due_audits, load
from services.compliance.domain.standards import Audited, NoSuchStandard, standard_on
from services.compliance.settings import AuditSettings
from services.compliance.tables.audits import add_audit, known_audits, next_number
from services.compliance.tables.audits.firms import keep_firm, known_firms
from services.compliance.tables.audits.signing import say_planned
from services.compliance.web.audits.shown import names_of
from services.compliance.web.audits.standards import day_of
from services.compliance.web.doors import RoomDatabase, Uesl
from services.compliance.web.recording import recorded_at
from shared.database import Database
from shared.network import Network, Service
from shared.network_facts import SERVICE_TITLES
from shared.pages import FieldError, Link
from shared.readings import read_network
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import page_context, pages_of

router = APIRouter(include_in_schema=False)

Short = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=20_000)]


@router.get("/planification-audits")
async def planning_page(request: Request, database: RoomDatabase, viewer: Uesl) -> HTMLResponse:
    """What each owes, most pressing first; the load; and the forms to plan."""
    return await _page(request, database, viewer)


async def _page(
    request: Request, database: Database, viewer: Viewer, errors: Sequence[FieldError] = (),
    typed: dict[str, str] | None = None, status: int = 200,
) -> HTMLResponse:  # fmt: skip
    async with database.transaction(viewer.sees) as work:
        network, audits, firms = await read_network(work), await known_audits(work), await known_firms(work)
        day = await day_of(request, work)
    due = due_audits(network, audits, day, AuditSettings().periodicity)
    order = list(SITUATIONS)
    return pages_of(request).render(
        request,
        "compliance/audit_planning.html",
        status,
        **await page_context(request, database, viewer),
        due=sorted(due, key=lambda one: (order.index(one.situation), one.latest or date.max, one.audited)),
        counted={name: sum(one.situation == name for one in due) for name in order},
        situations=SITUATIONS,
        load=load(audits),
        firms=firms,
        services=SERVICE_TITLES,
        kinds=KINDS,
        bases=BASES,
        errors=errors,
        typed=typed or {},
        breadcrumb=(Link("Audits", "/audits"), Link("Planification")),
    )


@router.post("/cabinets-audit")
async def record_firm(
    request: Request, database: RoomDatabase, viewer: Uesl, code: Short = "", name: Short = "", emails: Short = ""
) -> Response:
    """Refused where it is an actor of the network."""
    try:
        async with database.transaction(viewer.sees) as work:
            network, at = await read_network(work), await recorded_at(request, work)
            addresses = emails.replace(",", " ").split()
            await keep_firm(work, network, code, name, addresses, by=viewer.name, at=at)
    except AuditRefused as refused:
        typed = {"code": code, "name": name, "emails": emails}
        return await _page(request, database, viewer, [FieldError("code", str(refused))], typed, 409)
    return RedirectResponse("/planification-audits#cabinets", status_code=303)


@router.post("/planification-audits")
async def plan(
    request: Request, database: RoomDatabase, viewer: Uesl,
    service: Annotated[Service, Form()] = "assistance", audited_kind: Annotated[Audited, Form()] = "member",
    audited: Text = "", kind: Annotated[Literal["external", "internal"], Form()] = "external", firm: Short = "",
    planned_for: Short = "", on_demand: bool = Form(default=False), reason: Text = "", campaign: Short = "",
) -> Response:  # fmt: skip
    """One audit, or a campaign: one decision of the board, an audit of each actor named."""
    typed = {"audited": audited, "reason": reason, "campaign": campaign, "planned_for": planned_for}
    try:
        async with database.transaction(viewer.sees) as work:
            day, network = await day_of(request, work), await read_network(work)
            codes = _codes(network, audited_kind, audited)
            when = _day(planned_for, day)
            if on_demand and not reason.strip():
                raise AuditRefused("Un audit à la demande a une raison : écrivez-la.")
            if kind == "external" and firm not in await known_firms(work):
                raise AuditRefused("Un audit externe est confié à un cabinet connu.")
            due = due_audits(network, await known_audits(work), day, AuditSettings().periodicity)
            for code in codes:
                basis = "on_demand" if on_demand else _basis(due, audited_kind, code, service)
                audit = await _planned(work, request, viewer, service=service, audited_kind=audited_kind, audited=code,
                                       kind=kind, firm=firm if kind == "external" else "", planned_for=when,
                                       basis=basis, reason=reason.strip(), campaign=campaign.strip())  # fmt: skip
                say_planned(work, audit)
    except AuditRefused as refused:
        return await _page(request, database, viewer, [FieldError("audited", str(refused))], typed, 409)
    return RedirectResponse("/audits", status_code=303)


async def _planned(work: Transaction, request: Request, viewer: Viewer, *, service: Service, planned_for: date,
                   **told: object) -> Audit:  # fmt: skip
    try:
        standard = standard_on(service, planned_for)
    except NoSuchStandard as error:
        raise AuditRefused("Aucun référentiel ne vaut ce jour-là.") from error
    at, number = await recorded_at(request, work), await next_number(work, planned_for)
    step = Step(before=None, after="planned", by=viewer.name, at=at)
    audit = Audit.model_validate(
        {**told, "id": uuid4(), "number": number, "service": service, "standard_version": standard.version,
         "planned_for": planned_for, "steps": (step,)}
    )  # fmt: skip
    await add_audit(work, audit)
    return audit


def _codes(network: Network, kind: Audited, text: str) -> list[str]:
    codes = list(dict.fromkeys(text.replace(",", " ").split()))
    names = names_of(network)
    if not codes:
        raise AuditRefused("Nommez au moins un acteur, par son code.")
    if strange := [code for code in codes if (kind, code) not in names]:
        raise AuditRefused(f"Inconnu à l’annuaire : {', '.join(strange)[:200]}.")
    return codes


def _basis(due: Sequence[Due], kind: Audited, code: str, service: str) -> Basis:
    found = (one.basis for one in due if (one.audited_kind, one.audited, one.service) == (kind, code, service))
    return next(found, "calendar")


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise AuditRefused("La date prévue s’écrit AAAA-MM-JJ.") from error
    if day < today:
        raise AuditRefused("Un audit se planifie pour un jour à venir.")
    return day
