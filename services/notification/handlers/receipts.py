"""Every submission gets its receipt, accepted or refused."""

import asyncio
from collections.abc import Sequence

from services.notification.domain.letters import Letter, Letterhead
from services.notification.domain.messages import Message, Recipient
from services.notification.domain.receipts import Submission, receipt
from services.notification.handlers.writing import lay_out
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.recipients import platform_names
from services.notification.tables.reminders import note_arrivals
from shared.events import SubmissionAccepted
from shared.reception import count_received
from shared.room import Heard
from shared.transaction import Transaction


async def acknowledge(work: Transaction, heard: Sequence[Heard[Submission]], *, head: Letterhead) -> None:
    """Counts what was received, notes what has arrived, and writes to who sent it."""
    await count_received(work, [(one.event, one.partition) for one in heard])
    events = [one.event for one in heard]
    await note_arrivals(work, [event for event in events if isinstance(event, SubmissionAccepted)])
    names = await platform_names(work)
    # In a thread: laying out hundreds of receipts here would keep the consumer's heartbeat waiting.
    letters = await asyncio.to_thread(_write, events, names, head)
    await keep_letters(work, letters)
    messages = [_message(event, letter) for event, letter in zip(events, letters, strict=True)]
    await create_messages(work, messages, head.sender)


def _write(events: Sequence[Submission], names: dict[str, str], head: Letterhead) -> list[Letter]:
    return [lay_out(receipt(event, names.get(event.platform, ""), head.base_url)) for event in events]


def _message(event: Submission, letter: Letter) -> Message:
    recipient = Recipient("platform", event.platform)
    return Message("receipt", str(event.submission), recipient, event.received_on, letter.sha256)
