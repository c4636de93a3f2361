"""Audits: the audited and UESL are written to at each step, once."""

from services.notification.domain.audits import AuditEvent, audit_letter
from services.notification.domain.letters import Letterhead
from services.notification.domain.messages import CENTRAL, Message, Recipient
from services.notification.handlers.writing import lay_out
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.recipients import name_of
from shared.clock import paris_day, system_clock
from shared.readings import current_day
from shared.transaction import Transaction


async def tell_audit(work: Transaction, event: AuditEvent, *, head: Letterhead) -> None:
    """A mail to the audited and one to UESL."""
    audited = Recipient(event.audited_kind, event.audited)
    letter = lay_out(audit_letter(event, await name_of(work, audited) or "", head.base_url))
    day = await current_day(work) or paris_day(system_clock())
    subject = f"{event.number}/{type(event).__name__}"
    recipients = (audited, Recipient("central", CENTRAL))
    await keep_letters(work, [letter])
    messages = [Message("audit", subject, recipient, day, letter.sha256) for recipient in recipients]
    await create_messages(work, messages, head.sender)
