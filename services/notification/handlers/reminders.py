"""Reminders and the digest of the late, decided when everything received before their day has been heard here."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from services.notification.domain import reminders as letters
from services.notification.domain.addressing import Addressee, addressees
from services.notification.domain.letters import Draft, Letterhead
from services.notification.domain.messages import CENTRAL, Kind, Message, Recipient
from services.notification.domain.reminders import Owed
from services.notification.handlers.writing import lay_out
from services.notification.tables import reminders as ledger
from services.notification.tables import withdrawing
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.recipients import known_platforms, platform_names
from shared.events import DeadlineExtended, LateListed, ReminderDue
from shared.network import Platform
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
    platforms = await known_platforms(work)
    decided: dict[Owed, UUID | None] = {owed: None for owed in undecided if owed.is_moot}
    still_owed = [owed for owed in undecided if not owed.is_moot]
    for (platform, _), group in groupby(still_owed, lambda owed: (owed.platform, owed.day)):
        forms = list(group)
        decided |= dict.fromkeys(forms, await _remind(work, forms, platforms.get(platform), head))
    await ledger.note_decided(work, decided)


async def _remind(work: Transaction, owed: Sequence[Owed], platform: Platform | None, head: Letterhead) -> UUID:
    """As insistent as the most overdue of what it names; a platform not heard of yet is looked up before sending."""
    day, code = owed[0].day, owed[0].platform
    level = max(form.level for form in owed)
    draft = letters.reminder(day, owed, platform.name if platform else "", head.base_url)
    addressed = addressees(platform, level, day) if platform else None
    recipient = Recipient("platform", code)
    return await _post(work, "reminder", f"{code}/{day}", recipient, day, draft, head, addressed)


async def withdraw_moot(work: Transaction, *, head: Letterhead) -> None:
    """Before anything is sent: what has arrived since a reminder was written, or was given more time, is taken out."""
    moot = await withdrawing.moot_messages(work)
    names: Mapping[str, str] = await platform_names(work) if moot else {}
    for message in moot:
        named = await withdrawing.named_by(work, message)
        gone = [owed for owed in named if owed.is_known_to_have_come]
        left = [owed for owed in named if not owed.is_known_to_have_come]
        if left:
            draft = letters.reminder(left[0].day, left, names.get(left[0].platform, ""), head.base_url)
            letter = lay_out(draft)
            await keep_letters(work, [letter])
            await withdrawing.write_anew(work, message, letter.sha256)
        else:
            await withdrawing.withdraw(work, message, "; ".join(sorted({owed.reason_before_sending for owed in gone})))
        await withdrawing.leave_out(work, gone)


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
    work: Transaction,
    kind: Kind,
    subject: str,
    recipient: Recipient,
    day: date,
    draft: Draft,
    head: Letterhead,
    addressed: tuple[Addressee, ...] | None = None,
) -> UUID:
    letter = lay_out(draft)
    message = Message(kind, subject, recipient, day, letter.sha256, addressed=addressed)
    await keep_letters(work, [letter])
    await create_messages(work, [message], head.sender)
    return message.id
