"""An issue goes to everybody once all its parts are here: rendered once, one bundle per recipient."""

import asyncio
from collections.abc import Sequence
from datetime import date

from services.notification.domain import restitutions as issue
from services.notification.domain import workbook
from services.notification.domain.letters import XLSX, Content, Enclosure, Letter, Letterhead
from services.notification.domain.messages import Message
from services.notification.handlers.writing import lay_out
from services.notification.tables import issues
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.recipients import everybody, is_registry_read
from shared.events import RegistryRecorded, RestitutionIssued
from shared.readings import open_registry
from shared.report.xlsx import render_xlsx
from shared.transaction import Transaction


async def collect_part(work: Transaction, event: RestitutionIssued, *, head: Letterhead) -> None:
    """Keeps the part; writes to everybody where it is the last one missing."""
    await issues.keep_part(work, event)
    await bundle_whole_issues(work, head=head)


async def open_registry_and_bundle(work: Transaction, event: RegistryRecorded, *, head: Letterhead) -> None:
    """An issue may have been heard before the registry that says who receives it."""
    await open_registry(work, event)
    await bundle_whole_issues(work, head=head)


async def bundle_whole_issues(work: Transaction, *, head: Letterhead) -> None:
    """Nothing is used before all parts are there."""
    if not await is_registry_read(work):
        return
    for day in await issues.whole_issues(work):
        await _bundle(work, day, head)


async def _bundle(work: Transaction, day: date, head: Letterhead) -> None:
    parts = await issues.parts_of(work, day)
    # In a thread: a workbook takes long enough to keep the consumer's heartbeat waiting.
    letter = await asyncio.to_thread(write_issue, day, parts, head)
    await keep_letters(work, [letter])
    recipients = await everybody(work)
    messages = [Message("restitution", str(day), recipient, day, letter.sha256) for recipient in recipients]
    await create_messages(work, messages, head.sender)
    await issues.close_issue(work, day, len(recipients))


def write_issue(day: date, parts: Sequence[str], head: Letterhead) -> Letter:
    """The letter of an issue; first editions go along as one workbook."""
    heard = [RestitutionIssued.model_validate_json(part) for part in parts]
    editions = issue.in_order(edition for part in heard for edition in part.editions)
    attached = issue.first_editions(editions)
    enclosures: tuple[Enclosure, ...] = ()
    if attached:
        sheets = workbook.sheets(attached)
        content = render_xlsx(workbook.workbook(day, sheets), [sheet.name for sheet in sheets])
        enclosures = (Enclosure(workbook.workbook_name(day), Content(XLSX, content)),)
    return lay_out(issue.restitution(day, editions, head.base_url), enclosures)
