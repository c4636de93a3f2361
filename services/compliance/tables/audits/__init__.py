"""Audits as they are kept: one row each, its parts in its body; a signed one is frozen by PostgreSQL itself."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.compliance.domain.audits import Audit, AuditRefused
from shared.report import Document
from shared.transaction import Transaction

_INSERT = """
INSERT INTO audit (id, number, owner, firm, state, service, planned_for, body)
VALUES (:id, :number, :owner, :firm, :state, :service, :planned_for, CAST(:body AS jsonb))
"""
_UPDATE = """
UPDATE audit SET state = :state, planned_for = :planned_for, body = CAST(:body AS jsonb), signed_on = :signed_on,
                 sha256 = :sha256, document = CAST(:document AS jsonb)
WHERE id = :id
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('compliance-audits'))"


class NoSuchAudit(LookupError):
    """There is none of that name among those that the viewer sees."""


async def find_audit(work: Transaction, audit: UUID, *, for_change: bool = False) -> Audit:
    """Raises NoSuchAudit."""
    query = f"SELECT body FROM audit WHERE id = :id{' FOR UPDATE' if for_change else ''}"
    body = (await work.execute(query, {"id": audit})).scalar_one_or_none()
    if body is None:
        raise NoSuchAudit
    return Audit.model_validate(body)


async def known_audits(work: Transaction) -> list[Audit]:
    """All that the viewer sees, the next first."""
    rows = await work.execute("SELECT body FROM audit ORDER BY planned_for DESC, number DESC")
    return [Audit.model_validate(row.body) for row in rows]


async def next_number(work: Transaction, day: date) -> str:
    """A number that no audit has; held until the transaction ends."""
    await work.execute(_LOCK)
    query = "SELECT count(*) FROM audit WHERE number LIKE :like"
    taken = (await work.execute(query, {"like": f"AUD-{day.year}-%"})).scalar_one()
    return f"AUD-{day.year}-{taken + 1:04}"


async def add_audit(work: Transaction, audit: Audit) -> None:
    await work.execute(_INSERT, _row(audit))


def _row(audit: Audit) -> dict[str, Any]:
    return {
        "id": audit.id,
        "number": audit.number,
        "owner": audit.owner,
        "firm": audit.firm,
        "state": audit.state,
        "service": audit.service,
        "planned_for": audit.planned_for,
        "body": audit.model_dump_json(),
    }


async def save_audit(work: Transaction, audit: Audit, document: Document | None = None) -> None:
    """With its document when it is signed; what is signed already is refused by PostgreSQL."""
    frozen = {"signed_on": audit.signed_on, "sha256": document.sha256 if document else None}
    row = {name: value for name, value in _row(audit).items() if name in ("id", "state", "planned_for", "body")}
    await work.execute(_UPDATE, {**row, **frozen, "document": document.to_json().decode() if document else None})


async def change_audit(work: Transaction, identity: UUID, change: Callable[[Audit], Audit]) -> Audit:
    """Locks, changes, keeps. Raises NoSuchAudit, AuditRefused."""
    audit = await find_audit(work, identity, for_change=True)
    if not audit.is_open:
        raise AuditRefused("Cet audit est clos : plus rien n’y change.")
    changed = change(audit)
    await save_audit(work, changed)
    return changed


async def signed_document(work: Transaction, audit: UUID) -> tuple[Document, str] | None:
    """The frozen document and its SHA-256; None before the signature."""
    query = "SELECT document, sha256 FROM audit WHERE id = :id AND document IS NOT NULL"
    row = (await work.execute(query, {"id": audit})).one_or_none()
    return row and (Document.model_validate(row.document), row.sha256)


async def publish_practice(work: Transaction, audit: Audit, n: int, day: date) -> bool:
    """For all to read, without whose it is; False where there is none of that number."""
    practice = next((one for one in audit.practices if one.n == n), None)
    if practice is None:
        return False
    query = """INSERT INTO good_practice (service, standard_version, requirement, text, published_on, audit, n)
               VALUES (:service, :version, :requirement, :text, :day, :audit, :n) ON CONFLICT DO NOTHING"""
    values = {"service": audit.service, "version": audit.standard_version, "audit": audit.id, "n": n, "day": day}
    await work.execute(query, {**values, "requirement": practice.requirement, "text": practice.text})
    return True


async def published_practices(work: Transaction) -> Sequence[Any]:
    query = "SELECT * FROM good_practice ORDER BY published_on DESC, service, requirement, n"
    return list(await work.execute(query))
