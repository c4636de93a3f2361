"""Pieces of evidence: kept with their hash, a new one of the same evidence is a new version."""

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.compliance.domain.audits import Audit, AuditRefused, Piece
from services.compliance.domain.standards import Standard
from shared.transaction import Transaction

MAX_BYTES = 20 * 2**20
ON_SITE = (
    "La pièce {code} est tirée de dossiers et nomme des personnes : elle ne se dépose pas. "
    "L’auditeur la voit sur place et le note."
)
_COLUMNS = "id, evidence, version, name, sha256, size, expires_on, uploaded_by, uploaded_at"
_STANDING = f"""
SELECT DISTINCT ON (evidence) {_COLUMNS} FROM audit_piece WHERE owner = :owner AND service = :service
ORDER BY evidence, version DESC
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('compliance-pieces'), hashtext(:owner))"
_KEEP = """
INSERT INTO audit_piece (id, owner, service, evidence, version, name, sha256, size, expires_on, uploaded_by,
                         uploaded_at, content)
SELECT :id, :owner, :service, :evidence, coalesce(max(version), 0) + 1, :name, :sha256, :size, :expires_on, :by, :at,
       :content
FROM audit_piece WHERE owner = :owner AND service = :service AND evidence = :evidence
"""


def check_piece(standard: Standard, code: str, content: bytes) -> None:
    """Raises AuditRefused where it is no evidence that may be kept here."""
    if code not in standard.by_code:
        raise AuditRefused("Cette pièce n’est pas du référentiel.")
    if standard.by_code[code].on_site:
        raise AuditRefused(ON_SITE.format(code=code))
    if not content:
        raise AuditRefused("Le fichier est vide.")
    if len(content) > MAX_BYTES:
        raise AuditRefused("Une pièce ne dépasse pas 20 Mio.")


async def keep_piece(
    work: Transaction, audit: Audit, code: str, name: str, content: bytes, *, expires_on: date | None, by: str,
    at: datetime,
) -> UUID:  # fmt: skip
    """For the audited, whatever the audit: one piece serves all that cite it. Raises AuditRefused."""
    check_piece(audit.standard, code, content)
    await work.execute(_LOCK, {"owner": audit.owner})
    identity = uuid4()
    values = {"id": identity, "owner": audit.owner, "service": audit.service, "evidence": code, "name": name[:200]}
    values |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "expires_on": expires_on}
    await work.execute(_KEEP, {**values, "by": by, "at": at, "content": content})
    return identity


async def standing_pieces(work: Transaction, audit: Audit) -> dict[str, Piece]:
    """The newest of each evidence of the audited, by its code."""
    rows = await work.execute(_STANDING, {"owner": audit.owner, "service": audit.service})
    return {row.evidence: Piece.model_validate(dict(row._mapping)) for row in rows}


async def piece_content(work: Transaction, piece: UUID) -> Any:
    """Name and bytes; None where the viewer sees none of that name."""
    query = "SELECT name, content FROM audit_piece WHERE id = :id"
    return (await work.execute(query, {"id": piece})).one_or_none()
