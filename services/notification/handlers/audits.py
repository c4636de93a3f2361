"""Audits: the audited and UESL are written to at each step, once."""

from services.notification.domain.audits import AuditEvent, audit_letter
from services.notification.domain.letters import Letterhead
from services.notification.domain.messages import CENTRAL, Message, Recipient
from services.notification.handlers.writing import lay_out
from services.notification.tables.messages import create_messages, keep_letters
from shared.clock import paris_day, system_clock
from shared.readings import NoRegistry, current_day, read_network
from shared.transaction import Transaction


async def tell_audit(work: Transaction, event: AuditEvent, *, head: Letterhead) -> None:
    """A mail to the audited and one to UESL."""
    letter = lay_out(audit_letter(event, await _name(work, event), head.base_url))
    day = await current_day(work) or paris_day(system_clock())
    subject = f"{event.number}/{type(event).__name__}"
    recipients = (Recipient(event.audited_kind, event.audited), Recipient("central", CENTRAL))
    await keep_letters(work, [letter])
    messages = [Message("audit", subject, recipient, day, letter.sha256) for recipient in recipients]
    await create_messages(work, messages, head.sender)


async def _name(work: Transaction, event: AuditEvent) -> str:
    try:
        network = await read_network(work)
    except NoRegistry:
        return ""
    known = network.platform(event.audited) if event.audited_kind == "platform" else network.member(event.audited)
    return known.name if known else ""
