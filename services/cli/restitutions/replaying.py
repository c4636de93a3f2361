"""`pilotage restitution replay`: an edition made again from the kept events alone, in an empty database."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from services.aggregation.tables.demands import demand
from services.aggregation.tables.editions import find_edition
from services.aggregation.tables.objectives import keep_said
from services.cli.restitutions.aside import room_aside
from services.cli.restitutions.kept_events import (
    SaidIssue,
    registry_until,
    said_issues,
    said_objectives,
    submissions_before,
)
from shared.database import Database
from shared.events import ObjectivesSet
from shared.hearing import Hearing
from shared.report import Document
from shared.report.document_pdf import render_document_pdf
from shared.report.xlsx import render_xlsx
from shared.room import Room
from shared.settings import Settings

console = Console()


class NeverIssued(LookupError):
    """No edition of that number was ever announced."""


class RegistryNotNoted(LookupError):
    """The edition was made before the version of its registry was noted."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was announced of an edition, and its document as made again; None where it was not made."""

    number: str
    announced: str
    document: Document | None

    @property
    def is_same(self) -> bool:
        return self.document is not None and self.document.sha256 == self.announced


async def replay_edition(settings: Settings, number: str) -> Replayed:
    """The edition of that number; raises NeverIssued, RegistryNotNoted."""
    made = {replayed.number: replayed for replayed in await replay_until(settings, number)}
    return made[number]


async def replay_until(settings: Settings, number: str) -> list[Replayed]:
    """Every edition announced up to the issue of that number, made again in order.

    Registry and submissions are heard as they were on each day of issue. Raises NeverIssued, RegistryNotNoted.
    """
    async with _speakers(settings) as (aggregation, ingestion, compliance):
        issues = _until(number, await said_issues(aggregation))
        async with room_aside(settings, "aggregation") as room:
            await _keep_objectives(room, await said_objectives(aggregation))
            hearing = Hearing(room)
            async for records in submissions_before(ingestion, issues[-1].day):
                await hearing.hear(records)
            known = 0
            for issue in issues:
                async for records in registry_until(compliance, known, issue.registry_version):
                    await hearing.hear(records)
                known = max(known, issue.registry_version)
                await _issue_again(room, issue)
            return [replayed for issue in issues for replayed in await _made(room, issue)]


@asynccontextmanager
async def _speakers(settings: Settings) -> AsyncIterator[tuple[Database, Database, Database]]:
    async with AsyncExitStack() as stack:
        rooms = [Database(settings.database, name) for name in ("aggregation", "ingestion", "compliance")]
        for room in rooms:
            stack.push_async_callback(room.close)
        yield rooms[0], rooms[1], rooms[2]


def _until(number: str, issues: Sequence[SaidIssue]) -> Sequence[SaidIssue]:
    for n, issue in enumerate(issues, start=1):
        if any(edition.number == number for edition in issue.editions):
            if not all(one.registry_version for one in issues[:n]):
                raise RegistryNotNoted(number)
            return issues[:n]
    raise NeverIssued(number)


async def _keep_objectives(room: Room, said: Iterable[ObjectivesSet]) -> None:
    """All at once: an issue looks only at those set before its day."""
    async with room.database.transaction() as work:
        for event in said:
            await keep_said(work, event)


async def _issue_again(room: Room, issue: SaidIssue) -> None:
    assert room.work_day is not None
    async with room.database.transaction() as work:
        # What UESL asked for is known by its having been issued.
        for form, period in {(edition.form, edition.period) for edition in issue.editions}:
            await demand(work, form, period, issue.day - timedelta(days=1), "UESL")
        await room.work_day(work, issue.day)


async def _made(room: Room, issue: SaidIssue) -> list[Replayed]:
    async with room.database.transaction() as work:
        found = [(said, await find_edition(work, said.number)) for said in issue.editions]
    return [Replayed(said.number, said.sha256, Document.from_json(made[1]) if made else None) for said, made in found]


async def run_replay(number: str, to: Path | None) -> int:
    """0 where the document is the one announced, byte for byte; 1 where it is not; 2 where it cannot be asked."""
    try:
        replayed = await replay_edition(Settings(), number)
    except NeverIssued:
        console.print(f"Aucune édition n’a jamais porté le numéro {number}.", markup=False)
        return 2
    except RegistryNotNoted:
        console.print(f"{number} : la version de l’annuaire n’était pas encore notée.", markup=False)
        return 2
    _tell(replayed)
    if to and replayed.document:
        _write(replayed.document, number, to)
    return 0 if replayed.is_same else 1


def _tell(replayed: Replayed) -> None:
    again = replayed.document.sha256 if replayed.document else "non refaite"
    console.print(f"{replayed.number}\n  annoncée : {replayed.announced}\n  refaite  : {again}", markup=False)
    console.print("Identique, octet pour octet." if replayed.is_same else "DIFFÉRENTE.")


def _write(document: Document, number: str, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    (to / f"{number}.json").write_bytes(document.to_json())
    (to / f"{number}.xlsx").write_bytes(render_xlsx(document))
    (to / f"{number}.pdf").write_bytes(render_document_pdf(document))
