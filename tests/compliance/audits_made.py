"""Audits to begin with."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from services.compliance.domain.audits import Audit, Piece

AT = datetime(2006, 3, 1, 9, tzinfo=UTC)


def made_audit(**told: Any) -> Audit:
    """Of CIL01 by CAB01, on 1 June 2006, unless told otherwise."""
    usual = {
        "id": uuid4(),
        "number": "AUD-2006-0001",
        "kind": "external",
        "service": "assistance",
        "standard_version": 1,
        "audited_kind": "member",
        "audited": "CIL01",
        "firm": "CAB01",
        "basis": "first",
        "planned_for": date(2006, 6, 1),
    }
    return Audit.model_validate({**usual, **told})


def made_piece(evidence: str, expires_on: date | None = None) -> Piece:
    told = {"id": uuid4(), "evidence": evidence, "version": 1, "name": "a.pdf", "sha256": "0" * 64, "size": 1}
    return Piece.model_validate({**told, "expires_on": expires_on, "uploaded_by": "x", "uploaded_at": AT})
