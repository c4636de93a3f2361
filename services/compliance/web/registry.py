"""Routes of the registry: put whole, read whole or as it was on a day, compared, changed subject by subject."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.compliance.domain.documents import UnreadableDocument, read_document
from services.compliance.domain.faults import ImpossibleRegistry
from services.compliance.domain.on_day import differences, facts_on
from services.compliance.domain.optional_facts import remarks_on
from services.compliance.domain.registry import parse_registry
from services.compliance.domain.subject_sheets import Kind
from services.compliance.tables.registry import record_registry
from services.compliance.tables.registry_changes import Change, ChangedMeanwhile, NoSuchSubject, change_subject
from services.compliance.tables.registry_past import (
    NotKnownYet,
    Version,
    count_touched,
    document_at,
    list_versions,
    network_at,
    version_known_on,
)
from services.compliance.web.doors import RoomDatabase, Uesl
from services.compliance.web.recording import recorded_at
from shared.described import problems
from shared.readings import today
from shared.transaction import Transaction
from shared.web import AskedDay, Problem, not_found, settings_of

router = APIRouter(prefix="/api/v1/registry", tags=["registry"])

MAX_BYTES = 64 * 2**20
_JSON_BODY = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}


class Told(BaseModel):
    """Something to be looked at: where in the document, and a French sentence."""

    at: str
    message: str


class Recorded(BaseModel):
    """Version of the registry now in force, how many subjects this put changed, and what of it is not read."""

    version: int
    changed: int
    remarks: list[Told] = Field(default_factory=list)


class SubjectWanted(BaseModel):
    """What a subject is to be, why, and the version of the registry in which it was read."""

    subject: dict[str, Any]
    reason: str = Field(max_length=2000)
    base: int | None = None


class RegistryVersion(BaseModel):
    """A version: when it was recorded, by whom, why, and how many subjects it changed."""

    version: int
    recorded_at: datetime
    recorded_by: str
    reason: str
    subjects: int


class SubjectOnDay(BaseModel):
    """What holds of a subject on the day asked for, in words."""

    kind: str
    code: str
    facts: dict[str, str]


class NetworkOnDay(BaseModel):
    """The network on a day, as a version of the registry tells it."""

    on: date
    known_on: date | None
    version: int
    recorded_at: datetime
    subjects: list[SubjectOnDay]


class FactDiffers(BaseModel):
    """A fact that is not the same in both looks; null = it does not hold, or the subject is not there."""

    kind: str
    code: str
    fact: str
    before: str | None
    after: str | None


async def read_body(request: Request) -> Any:
    """The JSON document sent; a Problem where it is none."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise Problem(413, "Un annuaire ne dépasse pas 64 Mio.")
    try:
        return read_document(bytes(body))
    except UnreadableDocument as error:
        raise Problem(422, str(error), code="unreadable_file") from error


def refused(error: ImpossibleRegistry) -> Problem:
    faults = [{"at": fault.at, "message": fault.message} for fault in error.faults]
    sentence = f"L’annuaire est refusé : {len(faults)} erreur(s)."
    return Problem(422, sentence, code="impossible_registry", errors=faults)


@router.put("", summary="Déposer l’annuaire entier", openapi_extra=_JSON_BODY)
async def put_registry(
    request: Request, database: RoomDatabase, viewer: Uesl, reason: Annotated[str, Query(max_length=2000)] = ""
) -> Recorded:
    """Takes `network.json` whole, or refuses it with every fault."""
    document = await read_body(request)
    try:
        async with database.transaction() as work:
            at = await recorded_at(request, work, document)
            version, changed = await record_registry(work, document, by=viewer.name, at=at, reason=reason)
    except ImpossibleRegistry as error:
        raise refused(error) from error
    remarks = [Told(at=one.at, message=one.message) for one in remarks_on(document, parse_registry(document))]
    return Recorded(version=version, changed=changed, remarks=remarks)


async def version_asked(work: Transaction, known_on: date | None) -> Version:
    """As `version_known_on`; 404 for a day before the first registry."""
    try:
        return await version_known_on(work, known_on)
    except NotKnownYet:
        raise Problem(404, "Aucun annuaire n’était encore connu ce jour-là.") from None


@router.get(
    "",
    summary="Lire l’annuaire, tel qu’on le connaît ou tel qu’on le connaissait un jour",
    responses=problems(404),
)
async def get_registry(
    database: RoomDatabase, _: Uesl, on: AskedDay | None = None, known_on: AskedDay | None = None
) -> JSONResponse:
    """Without `on`, the document as put, to the letter; with it, the network on that day. `known_on`: as known then."""
    async with database.transaction() as work:
        version = await version_asked(work, known_on)
        if on is None:
            return JSONResponse(await document_at(work, version.version))
        shown = await _on_day(work, version, on, known_on)
    return JSONResponse(shown.model_dump(mode="json"))


async def _on_day(work: Transaction, version: Version, on: date, known_on: date | None) -> NetworkOnDay:
    facts = facts_on(await network_at(work, version.version), on)
    subjects = [SubjectOnDay(kind=kind, code=code, facts=held) for (kind, code), held in facts.items()]
    return NetworkOnDay(
        on=on, known_on=known_on, version=version.version, recorded_at=version.recorded_at, subjects=subjects
    )


@router.get(
    "/differences",
    summary="Comparer le réseau entre deux jours, ou entre deux connaissances qu’on en avait",
    responses=problems(404),
)
async def get_differences(
    request: Request,
    database: RoomDatabase,
    _: Uesl,
    on: AskedDay | None = None,
    known_on: AskedDay | None = None,
    from_on: AskedDay | None = None,
    from_known_on: AskedDay | None = None,
) -> list[FactDiffers]:
    """What differs from the network on `from_on`, as known on `from_known_on`, to that on `on`, as known on `known_on`;
    a day left out is today, a knowledge left out is the last."""
    async with database.transaction() as work:
        day = await today(work, settings_of(request).simulation, request.app.state.clock)
        before = facts_on(await network_at(work, (await version_asked(work, from_known_on)).version), from_on or day)
        after = facts_on(await network_at(work, (await version_asked(work, known_on)).version), on or day)
    return [FactDiffers.model_validate(one, from_attributes=True) for one in differences(before, after)]


@router.get("/versions", summary="Lister les versions de l’annuaire")
async def get_versions(
    database: RoomDatabase,
    _: Uesl,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[RegistryVersion]:
    """The newest first: who recorded it, when and why."""
    async with database.transaction() as work:
        versions = await list_versions(work, limit, offset)
        counts = await count_touched(work, [one.version for one in versions])
    return [
        RegistryVersion(
            version=one.version,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
            reason=one.reason,
            subjects=counts.get(one.version, 0),
        )
        for one in versions
    ]


@router.put("/{kind}/{code}", summary="Modifier ou ajouter un sujet de l’annuaire", responses=problems(409))
async def put_subject(
    request: Request, database: RoomDatabase, viewer: Uesl, kind: Kind, code: str, wanted: SubjectWanted
) -> Recorded:
    """One new version of the registry; refused with every fault, or where somebody has changed it meanwhile."""
    return await _change(request, database, viewer, Change(kind, code, wanted.subject, wanted.reason, wanted.base))


@router.delete("/{kind}/{code}", summary="Retirer un sujet de l’annuaire")
async def delete_subject(
    request: Request,
    database: RoomDatabase,
    viewer: Uesl,
    kind: Kind,
    code: str,
    reason: Annotated[str, Query(max_length=2000)] = "",
) -> Recorded:
    """For what was entered by mistake: what it was stays readable in the earlier versions."""
    return await _change(request, database, viewer, Change(kind, code, None, reason))


async def _change(request: Request, database: RoomDatabase, viewer: Uesl, change: Change) -> Recorded:
    try:
        async with database.transaction() as work:
            before = (await version_asked(work, None)).version
            at = await recorded_at(request, work)
            version = await change_subject(work, change, by=viewer.name, at=at)
    except ImpossibleRegistry as error:
        raise refused(error) from error
    except NoSuchSubject as error:
        raise not_found() from error
    except ChangedMeanwhile as error:
        raise Problem(409, "L’annuaire a changé entre-temps : relisez-le, puis recommencez.") from error
    return Recorded(version=version, changed=int(version > before))
