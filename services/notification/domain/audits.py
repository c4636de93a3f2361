"""What those concerned by an audit are written: planned, evidence asked for, answers awaited, signed."""

from services.notification.domain.letters import Draft
from services.notification.domain.words import COLON, GREETING, count
from shared.events import AuditAnswerAwaited, AuditPlanned, AuditSigned, EvidenceRequested
from shared.network_facts import SERVICE_TITLES
from shared.report import french

AuditEvent = AuditPlanned | EvidenceRequested | AuditAnswerAwaited | AuditSigned

_BASES = {
    "first": "au titre de la première période",
    "calendar": "selon le calendrier du Conseil d’administration",
    "on_demand": "à la demande",
}


def audit_letter(event: AuditEvent, audited_name: str, base_url: str) -> Draft:
    """One letter, the same for the audited and for UESL."""
    title, told = _told(event)
    whose = f"{audited_name} ({event.audited})" if audited_name else event.audited
    return Draft(
        title=f"Audit {event.number}{COLON}{title}",
        paragraphs=(GREETING, f"Audit {SERVICE_TITLES[event.service]} de {whose}.", told),
        links=(("Voir l’audit", f"{base_url}/audits/{event.audit}"),),
    )


def _told(event: AuditEvent) -> tuple[str, str]:
    match event:
        case AuditPlanned():
            reason = f"{COLON}{event.reason}" if event.reason else ""
            return "planifié", f"Il est prévu le {french.day(event.planned_for)}, {_BASES[event.basis]}{reason}."
        case EvidenceRequested():
            pieces = ", ".join(event.evidence) or "aucune"
            return "pièces demandées", f"Pièces à déposer pour le {french.day(event.due)}{COLON}{pieces}."
        case AuditAnswerAwaited():
            return "écarts à lire", f"Relevés{COLON}{_gaps(event)}. Répondez à chacun sur la page de l’audit."
    return "rapport signé", f"Le rapport est signé du {french.day(event.signed_on)}{COLON}{_gaps(event)}."


def _gaps(event: AuditAnswerAwaited | AuditSigned) -> str:
    major = count(event.major, "écart majeur", "écarts majeurs")
    return f"{major} et {count(event.minor, 'écart mineur', 'écarts mineurs')}"
