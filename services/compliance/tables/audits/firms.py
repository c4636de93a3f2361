"""Audit firms: no actor of the network (Niveau 3, « un cabinet spécialisé non impliqué »)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.compliance.domain.audits import AuditRefused
from services.compliance.domain.audits.planning import is_actor
from shared.network import Network
from shared.transaction import Transaction

_KEEP = """
INSERT INTO audit_firm (code, name, emails, recorded_by, recorded_at) VALUES (:code, :name, :emails, :by, :at)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, emails = excluded.emails
"""


async def keep_firm(
    work: Transaction, network: Network, code: str, name: str, emails: Sequence[str], *, by: str, at: datetime
) -> None:
    """Raises AuditRefused for one of the network's own."""
    if not code.strip() or "/" in code or "*" in code or not name.strip():
        raise AuditRefused("Un cabinet a un code, sans « / » ni « * », et un nom.")
    if is_actor(network, code, name, emails):
        raise AuditRefused("Ce cabinet est un acteur du réseau : il ne peut pas l’auditer.")
    values = {"code": code.strip(), "name": name.strip(), "emails": list(emails), "by": by, "at": at}
    await work.execute(_KEEP, values)


async def known_firms(work: Transaction) -> dict[str, Any]:
    return {row.code: row for row in await work.execute("SELECT code, name, emails FROM audit_firm ORDER BY name")}
