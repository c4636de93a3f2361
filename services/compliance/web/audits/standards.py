"""The standards: read by everybody, version by version, and what differs between two."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.compliance.domain.standards import (
    STANDARDS,
    NoSuchStandard,
    Standard,
    standard_of,
    standard_on,
    versions_of,
)
from services.compliance.domain.standards.difference import WHAT, Change, What, differences
from services.compliance.web.doors import Anyone, RoomDatabase
from shared.clock import Clock
from shared.described import problems
from shared.network import Service
from shared.pages import Link
from shared.readings import today
from shared.transaction import Transaction
from shared.web import not_found, page_context, pages_of, settings_of

router = APIRouter(tags=["standards"])

OF = {"requirement": "exigence", "evidence": "pièce", "document": "document « support »"}
Version = Annotated[int, Query(ge=1, le=10_000)]


class ListedStandard(BaseModel, from_attributes=True):
    """A version of a service's standard, and when it holds."""

    service: Service
    version: int
    title: str
    valid_from: date
    valid_to: date | None


class ShownChange(BaseModel, from_attributes=True):
    """One change between two versions."""

    what: What
    of: Literal["requirement", "evidence", "document"]
    name: str
    before: str
    after: str


def find_standard(service: str, version: int) -> Standard:
    try:
        return standard_of(service, version)
    except NoSuchStandard as error:
        raise not_found() from error


@router.get("/api/v1/standards", summary="Lister les référentiels et leurs versions")
async def list_standards(_: Anyone) -> list[ListedStandard]:
    """Every version of every standard."""
    return [ListedStandard.model_validate(one) for one in STANDARDS]


@router.get(
    "/api/v1/standards/{service}/difference",
    summary="Comparer deux versions d’un référentiel",
    responses=problems(404),
)
async def get_difference(service: Service, _: Anyone, old: Version, new: Version) -> list[ShownChange]:
    """What was added, removed, reworded, renumbered, and which citations changed."""
    return [ShownChange.model_validate(one) for one in _differences(service, old, new)]


def _differences(service: str, old: int, new: int) -> list[Change]:
    return differences(find_standard(service, old), find_standard(service, new))


@router.get("/api/v1/standards/{service}/{version}", summary="Lire un référentiel", responses=problems(404))
async def get_standard(service: Service, version: int, _: Anyone) -> Standard:
    """Sections, requirements with the evidence that they cite, documents and the duties of platforms."""
    return find_standard(service, version)


async def day_of(request: Request, work: Transaction) -> date:
    clock: Clock = request.app.state.clock
    return await today(work, settings_of(request).simulation, clock)


@router.get("/referentiels", include_in_schema=False)
async def standards_page(request: Request, database: RoomDatabase, viewer: Anyone) -> HTMLResponse:
    """Each standard with its versions; the one that holds is marked."""
    async with database.transaction() as work:
        day = await day_of(request, work)
    services = list(dict.fromkeys(one.service for one in STANDARDS))
    return pages_of(request).render(
        request,
        "compliance/standards.html",
        **await page_context(request, database, viewer),
        services=[(versions_of(service), _held(service, day)) for service in services],
        breadcrumb=(Link("Référentiels"),),
    )


def _held(service: str, day: date) -> Standard | None:
    try:
        return standard_on(service, day)
    except NoSuchStandard:
        return None


@router.get("/referentiels/{service}/difference", include_in_schema=False)
async def difference_page(
    request: Request, database: RoomDatabase, viewer: Anyone, service: Service, old: Version, new: Version
) -> HTMLResponse:
    """Two versions side by side."""
    newer = find_standard(service, new)
    return pages_of(request).render(
        request,
        "compliance/standard_difference.html",
        **await page_context(request, database, viewer),
        old=find_standard(service, old),
        new=newer,
        changes=_differences(service, old, new),
        versions=versions_of(service),
        what=WHAT,
        of=OF,
        breadcrumb=(Link("Référentiels", "/referentiels"), Link("Différences")),
    )


@router.get("/referentiels/{service}/{version}", include_in_schema=False)
async def standard_page(
    request: Request, database: RoomDatabase, viewer: Anyone, service: Service, version: int
) -> HTMLResponse:
    """The whole text, each requirement with its evidence and its place in the source."""
    standard = find_standard(service, version)
    return pages_of(request).render(
        request,
        "compliance/standard.html",
        **await page_context(request, database, viewer),
        standard=standard,
        versions=versions_of(service),
        breadcrumb=(Link("Référentiels", "/referentiels"), Link(f"{standard.title} – version {version}")),
    )
