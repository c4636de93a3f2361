"""Pages to read the registry: the network on a day as known on a day, its versions, what differs."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from services.compliance.domain.on_day import LABELS, differences, facts_on
from services.compliance.domain.subject_sheets import SHEETS, Kind
from services.compliance.tables.registry_past import (
    count_touched,
    count_versions,
    document_at,
    list_versions,
    network_at,
    touched_by,
    versions_of,
)
from services.compliance.web.doors import RoomDatabase, Uesl
from services.compliance.web.registry import version_asked
from shared.network import Network
from shared.pages.words import Link, Paging
from shared.readings import today
from shared.transaction import Transaction
from shared.web import day_written, not_found, page_context, pages_of, settings_of

router = APIRouter(include_in_schema=False)

PLACES: dict[Kind, str] = {"platforms": "plates-formes", "members": "cil-cci", "operators": "operateurs"}
KINDS: dict[str, Kind] = {place: kind for kind, place in PLACES.items()}
TITLES = {"platforms": "Plates-formes", "members": "CIL/CCI", "operators": "Opérateurs", "central": "Organisme central"}
PAGE = 100
_EVENT_KINDS = {"platforms": "platform", "members": "member", "operators": "operator", "central": "central"}
_OF_EVENT = {name: kind for kind, name in _EVENT_KINDS.items()}
_MOST_TOUCHED = 400
_SHOWN_TOUCHED = 6
HOME = Link("Annuaire", "/annuaire")


def event_kind(kind: str) -> str:
    """What the room's readings call it."""
    return _EVENT_KINDS[kind]


def kind_at(place: str) -> Kind:
    if place not in KINDS:
        raise not_found()
    return KINDS[place]


@dataclass(frozen=True, slots=True)
class Look:
    """At which day, as known on which; None: as it is known now."""

    on: date
    known_on: date | None


async def look_at(work: Transaction, request: Request, on: str, known_on: str) -> Look:
    """An empty or an impossible day is today, or what is known now."""
    day = await today(work, settings_of(request).simulation, request.app.state.clock)
    return Look(day_written(on) or day, day_written(known_on))


async def network_seen(work: Transaction, look: Look) -> tuple[Network, Any]:
    version = await version_asked(work, look.known_on)
    return await network_at(work, version.version), version


@router.get("/annuaire")
async def registry_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    on: str = "",
    known_on: str = "",
    genre: str = "members",
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """One kind of subject at a time, found by any word of what is said of it on that day."""
    kind = genre if genre in SHEETS else "members"
    async with database.transaction() as work:
        look = await look_at(work, request, on, known_on)
        network, version = await network_seen(work, look)
    words = q.casefold().split()
    found = [
        (code, facts)
        for (of, code), facts in facts_on(network, look.on).items()
        if of == kind and all(word in f"{code} {' '.join(facts.values())}".casefold() for word in words)
    ]
    paging = Paging(page, PAGE, len(found))
    return pages_of(
        request
    ).render(
        request,
        "compliance/registry.html",
        look=look,
        version=version,
        kind=kind,
        kinds=list(TITLES.items())[:3],
        place=PLACES[kind],  # type: ignore[index]  # one of the three, or members
        rows=found[(page - 1) * PAGE : page * PAGE],
        paging=paging,
        q=q,
        names={one.code: one.name for one in network.platforms},
        **await page_context(request, database, viewer),
    )


@router.get("/annuaire/network.json")
async def export_registry(database: RoomDatabase, _: Uesl, known_on: str = "") -> JSONResponse:
    """The document as it was recorded: put again, it changes nothing."""
    async with database.transaction() as work:
        version = await version_asked(work, day_written(known_on))
        document = await document_at(work, version.version)
    return JSONResponse(document, headers={"content-disposition": 'attachment; filename="network.json"'})


@router.get("/annuaire/versions")
async def versions_page(
    request: Request, database: RoomDatabase, viewer: Uesl, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> HTMLResponse:
    """Every version: when, by whom, why, and which subjects it changed."""
    size = 50
    async with database.transaction() as work:
        total = await count_versions(work)
        versions = await list_versions(work, size, (page - 1) * size)
        counts = await count_touched(work, [one.version for one in versions])
        few = [one.version for one in versions if counts.get(one.version, 0) <= _SHOWN_TOUCHED]
        touched = await touched_by(work, few, _MOST_TOUCHED)
    named: dict[int, list[Any]] = {}
    for row in touched:
        named.setdefault(row.version, []).append(
            {"kind": _OF_EVENT[row.kind], "code": row.code, "removed": row.removed}
        )
    return pages_of(request).render(
        request,
        "compliance/registry_versions.html",
        versions=versions,
        counts=counts,
        named=named,
        places=PLACES,
        paging=Paging(page, size, total),
        breadcrumb=(HOME, Link("Versions")),
        **await page_context(request, database, viewer),
    )


@router.get("/annuaire/differences")
async def differences_page(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    from_on: str = "",
    from_known_on: str = "",
    on: str = "",
    known_on: str = "",
) -> HTMLResponse:
    """The network on two days, or one day as known on two."""
    async with database.transaction() as work:
        before, after = (
            await look_at(work, request, from_on, from_known_on),
            await look_at(work, request, on, known_on),
        )
        network, _ = await network_seen(work, before)
        other, _ = await network_seen(work, after)
    found = list(differences(facts_on(network, before.on), facts_on(other, after.on)))
    return pages_of(request).render(
        request,
        "compliance/registry_differences.html",
        before=before,
        after=after,
        found=found[:1000],
        total=len(found),
        titles=TITLES,
        places=PLACES,
        breadcrumb=(HOME, Link("Différences")),
        **await page_context(request, database, viewer),
    )


@router.get("/annuaire/{place}/{code}")
async def subject_page(
    request: Request, database: RoomDatabase, viewer: Uesl, place: str, code: str, on: str = "", known_on: str = ""
) -> HTMLResponse:
    """One subject: what holds on the day, all that is dated, and every version of it."""
    kind = kind_at(place)
    async with database.transaction() as work:
        look = await look_at(work, request, on, known_on)
        network, version = await network_seen(work, look)
        history = await versions_of(work, event_kind(kind), code)
    facts = facts_on(network, look.on).get((kind, code))
    if not history:
        raise not_found()
    written = next((row.body for row in history if row.version <= version.version and not row.removed), None)
    return pages_of(request).render(
        request,
        "compliance/registry_subject.html",
        look=look,
        version=version,
        kind=kind,
        place=place,
        code=code,
        sheet=SHEETS[kind],
        facts=[(LABELS[name], value) for name, value in (facts or {}).items()],
        is_there=facts is not None,
        written=written,
        history=history,
        network=network,
        breadcrumb=(HOME, Link(TITLES[kind], f"/annuaire?genre={kind}"), Link(code)),
        **await page_context(request, database, viewer),
    )
