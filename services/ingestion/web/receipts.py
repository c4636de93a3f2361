"""Receipts: the signed JSON and the PDF of a submission, the whole chains, the public keys."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from services.ingestion.domain.signing import public_pem
from services.ingestion.settings import receipt_signer
from services.ingestion.tables.chains import Chain
from services.ingestion.tables.models import Submission
from services.ingestion.tables.receipts import PublicKey, links_from, public_keys, receipt_of
from services.ingestion.tables.submissions import find
from services.ingestion.web.doors import RoomDatabase, SignedIn
from services.ingestion.web.receipt_pdf import render_receipt
from shared.database import Database
from shared.described import files
from shared.security import Viewer
from shared.web import Problem, not_found, uesl_at

router = APIRouter(prefix="/api/v1", tags=["receipts"])

Uesl = Annotated[Viewer, Depends(uesl_at("ingestion"))]
First = Annotated[int, Query(alias="from", ge=1, le=2_000_000_000, description="place dans la chaîne, à partir de 1")]
Many = Annotated[int, Query(ge=1, le=10_000)]
_LINES = "application/x-ndjson"
_CHAIN_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {_LINES: {"schema": {"type": "string"}}}, "description": "Un maillon par ligne"}
}


class KeyTold(BaseModel):
    """A public key that signed; `valid_to` is empty while no other has taken over."""

    key: str = Field(description="identifiant que nomment les reçus")
    public_key: str = Field(description="clé publique Ed25519, en PEM")
    valid_from: AwareDatetime
    valid_to: datetime | None


@router.get("/receipts/keys", summary="Lire les clés publiques qui signent les reçus")
async def read_keys(database: RoomDatabase) -> list[KeyTold]:
    """For anybody, without signing in: whoever holds a receipt may check it."""
    async with database.transaction() as work:
        keys = await public_keys(work)
    return [_told(key) for key in keys]


def _told(key: PublicKey) -> KeyTold:
    return KeyTold(key=key.key, public_key=public_pem(key.public_key), valid_from=key.valid_from, valid_to=key.valid_to)


@router.get("/receipts", summary="Exporter la chaîne des reçus", response_class=Response, responses=_CHAIN_ANSWER)
async def export_receipts(database: RoomDatabase, viewer: Uesl, first: First = 1, many: Many = 1000) -> Response:
    """A signed receipt per line, as `pilotage receipt verify-chain` reads them; Link leads to those that follow."""
    return await _exported(database, "receipt", "/api/v1/receipts", first, many)


@router.get(
    "/destructions", summary="Exporter la chaîne des destructions", response_class=Response, responses=_CHAIN_ANSWER
)
async def export_destructions(database: RoomDatabase, viewer: Uesl, first: First = 1, many: Many = 1000) -> Response:
    """A signed record per line of what was destroyed, when and why; Link leads to those that follow."""
    return await _exported(database, "destruction", "/api/v1/destructions", first, many)


async def _exported(database: Database, chain: Chain, path: str, first: int, many: int) -> Response:
    async with database.transaction() as work:
        links = await links_from(work, chain, first, many)
    return Response(
        b"".join(link + b"\n" for link in links), headers=_next(path, first, many, links), media_type=_LINES
    )


def _next(path: str, first: int, many: int, links: Sequence[bytes]) -> dict[str, str]:
    if len(links) < many:
        return {}
    return {"Link": f'<{path}?from={first + many}&many={many}>; rel="next"'}


@router.get(
    "/submissions/{submission}/receipt",
    summary="Lire le reçu signé d’un dépôt",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def read_receipt(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The bytes as signed: to be kept as they are."""
    found, signed = await _found(database, viewer, submission)
    return Response(signed, headers=_attached(found, "json"), media_type="application/json")


@router.get(
    "/submissions/{submission}/receipt.pdf",
    summary="Lire le reçu d’un dépôt en PDF",
    response_class=Response,
    responses=files("application/pdf"),
)
async def read_receipt_pdf(submission: UUID, database: RoomDatabase, viewer: SignedIn) -> Response:
    """The same receipt to be read and printed, its signed JSON attached, sealed so that no byte can be changed."""
    found, signed = await _found(database, viewer, submission)
    pdf = await asyncio.to_thread(render_receipt, signed, receipt_signer())
    return Response(pdf, headers=_attached(found, "pdf"), media_type="application/pdf")


async def _found(database: Database, viewer: Viewer, submission: UUID) -> tuple[Submission, bytes]:
    async with database.transaction(viewer.sees) as work:
        if (found := await find(work, submission)) is None:
            raise not_found()
        if (signed := await receipt_of(work, submission)) is None:
            raise Problem(404, "Ce dépôt date d’avant les reçus signés.", code="no_receipt")
    return found, signed


def _attached(found: Submission, end: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="recu-{found.number}.{end}"'}
