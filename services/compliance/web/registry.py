"""Routes of the registry: put whole, read whole."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.compliance.domain.documents import UnreadableDocument, read_document
from services.compliance.domain.registry import ImpossibleRegistry
from services.compliance.tables.registry import last_document, record_registry
from services.compliance.web.doors import Admin, RoomDatabase
from shared.readings import NoRegistry
from shared.web import Problem

router = APIRouter(prefix="/api/v1/registry", tags=["registry"])

MAX_BYTES = 64 * 2**20


class Recorded(BaseModel):
    """Version of the registry now in force, and how many subjects this put changed."""

    version: int
    changed: int


async def _document(request: Request) -> Any:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise Problem(413, "Un annuaire ne dépasse pas 64 Mio.")
    try:
        return read_document(bytes(body))
    except UnreadableDocument as error:
        raise Problem(422, str(error), code="unreadable_file") from error


@router.put(
    "",
    summary="Déposer l’annuaire entier",
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def put_registry(request: Request, database: RoomDatabase, admin: Admin) -> Recorded:
    """Takes `network.json` whole, or refuses it with every fault."""
    document = await _document(request)
    try:
        async with database.transaction() as work:
            version, changed = await record_registry(work, document, by=admin.name, at=request.app.state.clock())
    except ImpossibleRegistry as error:
        faults = [{"at": fault.at, "message": fault.message} for fault in error.faults]
        sentence = f"L’annuaire est refusé : {len(faults)} erreur(s)."
        raise Problem(422, sentence, code="impossible_registry", errors=faults) from error
    return Recorded(version=version, changed=changed)


@router.get("", summary="Lire l’annuaire")
async def get_registry(database: RoomDatabase, _: Admin) -> JSONResponse:
    """The registry as last put."""
    async with database.transaction() as work:
        document = await last_document(work)
    if document is None:
        raise NoRegistry
    return JSONResponse(document)
