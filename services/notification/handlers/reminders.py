"""Reminders and the digest of the late, decided when everything received before their day has been heard here."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from services.notification.domain import reminders as letters
from services.notification.domain.letters import Draft, Letterhead
from services.notification.domain.messages import CENTRAL, Kind, Message, Recipient
from services.notification.domain.reminders import Owed
from services.notification.handlers.writing import lay_out
from services.notification.tables import reminders as ledger
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.recipients import platform_names
from shared.events import DeadlineExtended, LateListed, ReminderDue
from shared.transaction import Transaction


async def keep_reminder(work: Transaction, event: ReminderDue, *, head: Letterhead) -> None:
    """Kept until its day is worked; decided at once if it comes after that."""
    worked = await ledger.is_worked(work, event.day)
    await ledger.keep_owed(work, event)
    if worked:
        await decide_reminders(work, event.day, head=head)


async def keep_late_list(work: Transaction, event: LateListed, *, head: Letterhead) -> None:
    """The same for the digest."""
    worked = await ledger.is_worked(work, event.day)
    await ledger.keep_late_list(work, event)
    if worked:
        await decide_digests(work, event.day, head=head)


async def note_extension(work: Transaction, event: DeadlineExtended) -> None:
    """What was to be reminded of before the new due day, and has not been yet, no longer is."""
    await ledger.note_due_day(work, event)


async def decide_day(work: Transaction, day: date, *, head: Letterhead) -> None:
    """Everything received before that day has been heard."""
    await decide_reminders(work, day, head=head)
    await decide_digests(work, day, head=head)


async def decide_reminders(work: Transaction, day: date, *, head: Letterhead) -> None:
    """One mail per platform and day for what has not arrived; the ledger says why the rest was left out."""
    undecided = await ledger.undecided_reminders(work, day)
    if not undecided:
        return
    names = await platform_names(work)
    decided: dict[Owed, UUID | None] = {owed: None for owed in undecided if owed.is_moot}
    still_owed = [owed for owed in undecided if not owed.is_moot]
    for (platform, on), group in groupby(still_owed, lambda owed: (owed.platform, owed.day)):
        forms = list(group)
        decided |= dict.fromkeys(forms, await _remind(work, platform, on, forms, names, head))
    await ledger.note_decided(work, decided)


async def _remind(
    work: Transaction, platform: str, day: date, owed: Sequence[Owed], names: Mapping[str, str], head: Letterhead
) -> UUID:
    draft = letters.reminder(day, owed, names.get(platform, ""), head.base_url)
    return await _post(work, "reminder", f"{platform}/{day}", Recipient("platform", platform), day, draft, head)


async def decide_digests(work: Transaction, day: date, *, head: Letterhead) -> None:
    """One mail to UESL per day, unless everything has arrived meanwhile."""
    for listed in await ledger.undecided_lists(work, day):
        late = await ledger.still_late(work, listed)
        message = None
        if late:
            draft = letters.late_digest(listed, late, await platform_names(work), head.base_url)
            message = await _post(work, "late_digest", str(listed), Recipient("central", CENTRAL), listed, draft, head)
        await ledger.note_listed(work, listed, message)


async def _post(
    work: Transaction, kind: Kind, subject: str, recipient: Recipient, day: date, draft: Draft, head: Letterhead
) -> UUID:
    letter = lay_out(draft)
    message = Message(kind, subject, recipient, day, letter.sha256)
    await keep_letters(work, [letter])
    await create_messages(work, [message], head.sender)
    return message.id
