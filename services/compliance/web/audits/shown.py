"""Audits as whoever asks may see them: the list, one audit, and its page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.compliance.domain.audits import BASES, KINDS, SEVERITIES, VERDICTS, Audit, Basis, Kind, Piece, State
from services.compliance.domain.audits.rereading import reread
from services.compliance.domain.audits.states import STATES, moves_of
from services.compliance.domain.audits.xray import xray
from services.compliance.domain.standards import Audited, versions_of
from services.compliance.tables.audits import NoSuchAudit, find_audit, known_audits, published_practices
from services.compliance.tables.audits.firms import known_firms
from services.compliance.tables.audits.pieces import standing_pieces
from services.compliance.tables.audits.signing import name_of
from services.compliance.web.audits.standards import day_of, find_standard
from services.compliance.web.audits.who import movers_of
from services.compliance.web.doors import Anyone, RoomDatabase
from shared.database import Database
from shared.described import problems
from shared.network import Network, Service
from shared.network_facts import SERVICE_TITLES
from shared.pages import FieldError, Link
from shared.readings import read_network
from shared.security import Viewer
from shared.transaction import Transaction
from shared.web import not_found, page_context, pages_of

router = APIRouter(tags=["audits"])


class ListedAudit(BaseModel, from_attributes=True):
    """An audit in a line."""

    id: UUID
    number: str
    kind: Kind
    service: Service
    standard_version: int
    audited_kind: Audited
    audited: str
    firm: str
    basis: Basis
    planned_for: date
    state: State
    signed_on: date | None


@router.get("/api/v1/audits", summary="Lister les audits")
async def list_audits(database: RoomDatabase, viewer: Anyone) -> list[ListedAudit]:
    """An actor's own, a firm's own, or all for UESL."""
    async with database.transaction(viewer.sees) as work:
        return [ListedAudit.model_validate(one) for one in await known_audits(work)]


@router.get("/api/v1/audits/{audit}", summary="Lire un audit", responses=problems(404))
async def get_audit(audit: UUID, database: RoomDatabase, viewer: Anyone) -> Audit:
    """With its steps, results, findings, answers, and the evidence asked for."""
    async with database.transaction(viewer.sees) as work:
        return await seen_audit(work, audit)


async def seen_audit(work: Transaction, audit: UUID) -> Audit:
    """404 for what does not exist and for what is another's."""
    try:
        return await find_audit(work, audit)
    except NoSuchAudit as error:
        raise not_found() from error


def names_of(network: Network) -> dict[tuple[str, str], str]:
    names = {("platform", one.code): one.name for one in network.platforms}
    return names | {("member", one.code): one.name for one in network.members}


@router.get("/audits", include_in_schema=False)
async def audits_page(request: Request, database: RoomDatabase, viewer: Anyone) -> HTMLResponse:
    """The list, and the good practices that everybody may copy."""
    async with database.transaction(viewer.sees) as work:
        audits, practices = await known_audits(work), await published_practices(work)
        names, firms = names_of(await read_network(work)), await known_firms(work)
    return pages_of(request).render(
        request,
        "compliance/audits.html",
        **await page_context(request, database, viewer),
        **_WORDS,
        audits=audits,
        practices=practices,
        names=names,
        firms={code: firm.name for code, firm in firms.items()},
        breadcrumb=(Link("Audits"),),
    )


_WORDS: dict[str, Any] = {
    "services": SERVICE_TITLES,
    "states_of": STATES,
    "kinds": KINDS,
    "bases": BASES,
    "verdicts": VERDICTS,
    "severities": SEVERITIES,
}


@router.get("/audits/{audit}", include_in_schema=False)
async def audit_page(request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone) -> HTMLResponse:
    """Everything of one audit, and what whoever asks may do now."""
    return await render_audit(request, database, viewer, audit)


async def render_audit(
    request: Request,
    database: Database,
    viewer: Viewer,
    identity: UUID,
    errors: Sequence[FieldError] = (),
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Typed again what was refused: nothing is lost."""
    async with database.transaction(viewer.sees) as work:
        audit = await seen_audit(work, identity)
        pieces: Mapping[str, Piece] = await standing_pieces(work, audit)
        day = await day_of(request, work)
        network, firms = await read_network(work), await known_firms(work)
    movers = movers_of(viewer, audit)
    return pages_of(request).render(
        request,
        "compliance/audit.html",
        status,
        **await page_context(request, database, viewer),
        **_WORDS,
        audit=audit,
        name=name_of(network, audit),
        firm=firms[audit.firm].name if audit.firm in firms else audit.firm,
        required=audit.standard.required_of(audit.audited_kind),
        pieces=pieces,
        doubts=xray(audit, pieces, day) if audit.is_open and movers & {"lead", "uesl"} else [],
        moves=moves_of(audit, movers),
        movers=movers,
        today=day,
        errors=errors,
        typed=typed or {},
        newer=[one.version for one in versions_of(audit.service) if one.version != audit.standard_version],
        breadcrumb=(Link("Audits", "/audits"), Link(audit.number)),
    )


@router.get("/audits/{audit}/relecture", include_in_schema=False)
async def reread_page(
    request: Request, audit: UUID, database: RoomDatabase, viewer: Anyone, version: int = 1
) -> HTMLResponse:
    """The results of an audit under another version of its standard: a view, the audit stays as it is."""
    async with database.transaction(viewer.sees) as work:
        found = await seen_audit(work, audit)
    return pages_of(request).render(
        request,
        "compliance/audit_reread.html",
        **await page_context(request, database, viewer),
        **_WORDS,
        audit=found,
        version=version,
        rows=reread(found, find_standard(found.service, version)),
        breadcrumb=(Link("Audits", "/audits"), Link(found.number, f"/audits/{found.id}"), Link("Relecture")),
    )
