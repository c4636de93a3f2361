"""Bytes kept of a submission, read again a piece at a time."""

from uuid import UUID

from sqlmodel import select

from services.ingestion.tables.models import SubmissionPiece
from services.ingestion.tables.sent import Spool
from shared.database import Database


async def copy_bytes(database: Database, viewer: str, submission: UUID, into: Spool) -> bool:
    """False where there are none, or none any more; no more than one piece is in memory."""
    n = 0
    while (piece := await _piece(database, viewer, submission, n)) is not None:
        into.write(piece)
        n += 1
    return n > 0


async def first_piece(database: Database, viewer: str, submission: UUID) -> bytes | None:
    """None where nothing is kept."""
    return await _piece(database, viewer, submission, 0)


async def _piece(database: Database, viewer: str, submission: UUID, n: int) -> bytes | None:
    query = select(SubmissionPiece.content).where(SubmissionPiece.submission == submission, SubmissionPiece.n == n)
    async with database.transaction(viewer) as work:
        found: bytes | None = (await work.session.execute(query)).scalar_one_or_none()
    return found
