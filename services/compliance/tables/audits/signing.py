"""Moves of an audit and its signature: the X-rays are taken, the report is frozen, and both are said."""

from datetime import datetime
from uuid import UUID

from services.compliance.domain.audits import Audit, AuditRefused, State
from services.compliance.domain.audits.examining import ask_for_evidence
from services.compliance.domain.audits.report import report
from services.compliance.domain.audits.states import Mover, move
from services.compliance.domain.audits.xray import xray
from services.compliance.tables.audits import find_audit, save_audit
from services.compliance.tables.audits.firms import known_firms
from services.compliance.tables.audits.pieces import standing_pieces
from shared.clock import paris_day
from shared.events import AuditAnswerAwaited, AuditPlanned, AuditSigned, EvidenceRequested
from shared.network import Network
from shared.report import Document
from shared.transaction import Transaction


async def move_audit(
    work: Transaction, identity: UUID, after: State, movers: frozenset[Mover], *, by: str, at: datetime, note: str,
    network: Network,
) -> Audit:  # fmt: skip
    """Raises NoSuchAudit, AuditRefused."""
    audit = move(await find_audit(work, identity, for_change=True), after, movers, by, at, note)
    if after == "signed":
        return await _sign(work, audit, by, at, network)
    if after == "preparing":
        audit = ask_for_evidence(audit, paris_day(at))
        due = min((one.due for one in audit.asked), default=audit.planned_for)
        codes = tuple(one.evidence for one in audit.asked if not audit.standard.by_code[one.evidence].on_site)
        work.say(EvidenceRequested(**said_of(audit), due=due, evidence=codes))
    if after == "answering":
        work.say(AuditAnswerAwaited(**said_of(audit), major=audit.count("major"), minor=audit.count("minor")))
    await save_audit(work, audit)
    return audit


async def _sign(work: Transaction, audit: Audit, by: str, at: datetime, network: Network) -> Audit:
    day = paris_day(at)
    pieces = await standing_pieces(work, audit)
    if doubts := [doubt.message for doubt in xray(audit, pieces, day) if doubt.blocking]:
        raise AuditRefused(f"Le rapport ne peut pas être signé : {' '.join(doubts)}")
    signed = audit.model_copy(update={"signed_on": day, "signed_by": by})
    document = await draw_report(work, signed, network)
    await save_audit(work, signed, document)
    counts = {"major": signed.count("major"), "minor": signed.count("minor")}
    work.say(AuditSigned(**said_of(signed), signed_on=day, signed_by=by, sha256=document.sha256, **counts))
    return signed


async def draw_report(work: Transaction, audit: Audit, network: Network) -> Document:
    firm = (await known_firms(work)).get(audit.firm)
    pieces = await standing_pieces(work, audit)
    return report(audit, pieces, name_of(network, audit), firm.name if firm else audit.firm)


def name_of(network: Network, audit: Audit) -> str:
    known = network.platform(audit.audited) if audit.audited_kind == "platform" else network.member(audit.audited)
    return known.name if known else audit.audited


def said_of(audit: Audit) -> dict[str, object]:
    """What every event of an audit tells."""
    return {
        "audit": audit.id,
        "number": audit.number,
        "kind": audit.kind,
        "service": audit.service,
        "audited_kind": audit.audited_kind,
        "audited": audit.audited,
        "firm": audit.firm,
    }


def say_planned(work: Transaction, audit: Audit) -> None:
    work.say(AuditPlanned(**said_of(audit), planned_for=audit.planned_for, basis=audit.basis, reason=audit.reason))
