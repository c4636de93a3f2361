"""Reading across: everybody situates himself against the whole network, UESL against any platform or member."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.compliance.domain.audits import VERDICTS, Audit, owner_of
from services.compliance.domain.audits.across import (
    conformity,
    failing_most,
    last_signed,
    written_rate,
    yearly_report,
)
from services.compliance.domain.standards import STANDARDS, Audited, Standard, standard_on
from services.compliance.tables.audits import known_audits
from services.compliance.web.audits.shown import names_of
from services.compliance.web.audits.standards import day_of
from services.compliance.web.doors import RoomDatabase, SignedIn, Uesl
from shared.files import document_response
from shared.network import Network, Service
from shared.network_facts import SERVICE_TITLES
from shared.pages import Link
from shared.readings import read_network
from shared.security import Viewer
from shared.web import page_context, pages_of

router = APIRouter(include_in_schema=False)

KINDS = {"member": "CIL/CCI", "platform": "Plates-formes"}


@router.get("/conformite")
async def conformity_page(
    request: Request, database: RoomDatabase, viewer: SignedIn, service: Service = "assistance",
    genre: Audited = "member", cherche: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:  # fmt: skip
    """The whole network in counts, beside one's own last audit; whose the others are is not told."""
    async with database.transaction() as work:  # counts over all: no audit of another's is shown
        audits, network = last_signed(await known_audits(work)), await read_network(work)
        day = await day_of(request, work)
    standard = standard_on(service, day)
    national = conformity(audits, standard, genre)
    label, chosen = _beside(viewer, cherche.strip(), audits, network, standard, genre)
    own = {one.requirement: one for one in conformity(chosen, standard, genre)} if label else {}
    return pages_of(request).render(
        request,
        "compliance/conformity.html",
        **await page_context(request, database, viewer),
        service=service,
        genre=genre,
        cherche=cherche,
        services=SERVICE_TITLES,
        kinds=KINDS,
        verdicts=VERDICTS,
        standard=standard,
        national=national,
        own=own,
        label=label,
        failing=failing_most(national)[:5],
        rate=written_rate,
        years=sorted({one.signed_on.year for one in audits if one.signed_on}, reverse=True),
        breadcrumb=(Link("Audits", "/audits"), Link("Conformité")),
    )


def _beside(
    viewer: Viewer, code: str, audits: Sequence[Audit], network: Network, standard: Standard, kind: Audited
) -> tuple[str, list[Audit]]:
    """One's own; for UESL a member, a platform, or with members asked for, those of a platform."""
    if not viewer.sees_all:
        return "Votre dernier audit", [one for one in audits if one.owner == viewer.sees]
    names = names_of(network)
    if (kind, code) in names:
        return f"{names[kind, code]} ({code})", [one for one in audits if one.owner == owner_of(kind, code)]
    if ("platform", code) in names:
        return f"CIL/CCI de {names['platform', code]}", [one for one in audits if _within(network, one, code)]
    return "", []


def _within(network: Network, audit: Audit, platform: str) -> bool:
    member = network.member(audit.audited) if audit.audited_kind == "member" else None
    return bool(member and audit.signed_on and member.platform_on(audit.service, audit.signed_on) == platform)


@router.get("/conformite/rapport")
async def get_yearly_report(
    database: RoomDatabase, _: Uesl, year: Annotated[int, Query(ge=2000, le=2999)] = 2006,
    format: Literal["pdf", "xlsx"] = "pdf",
) -> Response:  # fmt: skip
    """The audits signed in a year, in counts."""
    async with database.transaction() as work:
        document = yearly_report(year, await known_audits(work), STANDARDS)
    return await document_response(document, f"audits-{year}", format)
