"""Wires notification; the only file that builds anything."""

from functools import partial

from services.notification.domain.letters import Letterhead
from services.notification.handlers.audits import tell_audit
from services.notification.handlers.calling import Calling
from services.notification.handlers.receipts import acknowledge
from services.notification.handlers.reminders import (
    decide_day,
    keep_late_list,
    keep_reminder,
    note_extension,
    withdraw_moot,
)
from services.notification.handlers.restitutions import collect_part, open_registry_and_bundle
from services.notification.handlers.sending import Sending
from services.notification.settings import NotificationSettings
from services.notification.tables.queue import pending_messages
from services.notification.web import api, archives, ledger, pages, preferences, webhooks
from shared.database import Database
from shared.events import (
    AuditAnswerAwaited,
    AuditPlanned,
    AuditSigned,
    DeadlineExtended,
    EvidenceRequested,
    LateListed,
    ReceptionClosed,
    RegistryRecorded,
    ReminderDue,
    RestitutionIssued,
    SubmissionAccepted,
    SubmissionRejected,
)
from shared.journal_pages import journal_router
from shared.readings import READINGS
from shared.reception import close_reception
from shared.room import Room
from shared.settings import Settings
from shared.status import status_router


def build(settings: Settings) -> Room:
    """The room, ready to serve or to work."""
    database = Database(settings.database, "notification")
    smtp = NotificationSettings().smtp
    secret_key = settings.secret_key.get_secret_value()
    calling = Calling(database, secret_key, simulation=settings.simulation)
    head = Letterhead(settings.base_url, smtp.sender)
    # In a simulation a mail leaves on its day: what arrives later that day has not come before it.
    before = None if settings.simulation else partial(withdraw_moot, head=head)
    return Room(
        name="notification",
        gathers_seconds=0.1,
        database=database,
        hears={
            **READINGS,
            RegistryRecorded: partial(open_registry_and_bundle, head=head),
            ReceptionClosed: close_reception,
            DeadlineExtended: note_extension,
            ReminderDue: partial(keep_reminder, head=head),
            LateListed: partial(keep_late_list, head=head),
            RestitutionIssued: partial(collect_part, head=head),
            **dict.fromkeys(
                (AuditPlanned, EvidenceRequested, AuditAnswerAwaited, AuditSigned), partial(tell_audit, head=head)
            ),
        },
        together={(SubmissionAccepted, SubmissionRejected): partial(acknowledge, head=head)},
        work_day=partial(decide_day, head=head),
        background=(Sending(database, smtp, before).run, calling.run),
        pending=pending_messages,
        routers=(
            *(ledger.router, api.router, pages.router, preferences.router, webhooks.router, archives.router),
            status_router("notification"),
            journal_router("notification"),
        ),
    )
