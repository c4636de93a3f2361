"""An issue goes to everybody once all its parts are here: rendered once, one bundle per recipient."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.notification.domain import restitutions as issue
from services.notification.domain import workbook
from services.notification.domain.letters import XLSX, Content, Enclosure, Letter, Letterhead
from services.notification.domain.messages import Message
from services.notification.domain.mime import body_of
from services.notification.domain.webhooks import ISSUED, issued_body
from services.notification.handlers.writing import lay_out
from services.notification.tables import issues
from services.notification.tables.archives import archive
from services.notification.tables.messages import create_messages, keep_letters
from services.notification.tables.preferences import who_wants_links
from services.notification.tables.recipients import everybody, is_registry_read
from services.notification.tables.webhooks import tell_all
from shared.clock import system_clock
from shared.events import IssuedEdition, RegistryRecorded, RestitutionIssued
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
    bundle = await asyncio.to_thread(write_issue, day, parts, head)
    recipients, linked = await everybody(work), await who_wants_links(work, "restitution")
    letters = [bundle.links if recipient in linked else bundle.whole for recipient in recipients]
    await keep_letters(work, letters)
    messages = [
        Message("restitution", str(day), recipient, day, letter.sha256)
        for recipient, letter in zip(recipients, letters, strict=True)
    ]
    await create_messages(work, messages, head.sender)
    await archive(work, day, bundle.editions)
    body = issued_body(day, bundle.editions, head.base_url, system_clock())
    await tell_all(work, ISSUED, str(day), body)
    await issues.close_issue(work, day, len(recipients))


@dataclass(frozen=True, slots=True)
class Bundle:
    """The letter of an issue, and the same for those who want links only; alike where there is nothing to enclose."""

    whole: Letter
    links: Letter
    editions: tuple[IssuedEdition, ...]


def write_issue(day: date, parts: Sequence[str], head: Letterhead) -> Bundle:
    """First editions go along as one workbook, unless the mail would be too large by it."""
    heard = [RestitutionIssued.model_validate_json(part) for part in parts]
    editions = issue.in_order(edition for part in heard for edition in part.editions)
    links = lay_out(issue.restitution(day, editions, head.base_url, "not_wanted"))
    attached = issue.first_editions(editions)
    if not attached:
        return Bundle(links, links, editions)
    whole = lay_out(issue.restitution(day, editions, head.base_url), (_workbook(day, attached),))
    if len(body_of(whole)) > issue.LARGEST_MAIL:
        whole = lay_out(issue.restitution(day, editions, head.base_url, "too_large"))
    return Bundle(whole, links, editions)


def _workbook(day: date, editions: Sequence[IssuedEdition]) -> Enclosure:
    sheets = workbook.sheets(editions)
    content = render_xlsx(workbook.workbook(day, sheets), [sheet.name for sheet in sheets])
    return Enclosure(workbook.workbook_name(day), Content(XLSX, content))
