"""`pilotage journal verify`: recomputes the chain of every room's journal of access."""

from collections.abc import Sequence

from rich.console import Console

from shared.database import Database
from shared.journal import Verified, has_entry, verify_journal
from shared.settings import Settings
from shared.topics import ROOMS
from shared.transaction import Transaction

console = Console()


async def _look(settings: Settings, room: str, noted: Sequence[str]) -> tuple[Verified, list[str]]:
    """What the journal comes to, and what is wrong with it."""
    database = Database(settings.database, room)
    try:
        async with database.transaction() as work:
            verified = await verify_journal(work)
            gone = [head for head in noted if not await _has(work, head)]
    finally:
        await database.close()
    faults = [f"{room} : l’entrée notée {head} n’y est plus" for head in gone]
    if verified.broken_at is not None:
        faults.append(f"{room} : le journal est rompu à l’entrée {verified.broken_at} (changée, retirée ou ajoutée)")
    return verified, faults


async def _has(work: Transaction, head: str) -> bool:
    entries, _, sha256 = head.partition(":")
    return entries.isdecimal() and await has_entry(work, int(entries), sha256)


async def verify_all(noted: Sequence[str], settings: Settings | None = None) -> int:
    """0 where every chain holds and still has the heads noted before (`room:entries:hash`), 1 otherwise."""
    settings, wrong = settings or Settings(), []
    for room in ROOMS:
        mine = [head.removeprefix(f"{room}:") for head in noted if head.startswith(f"{room}:")]
        verified, faults = await _look(settings, room, mine)
        console.print(f"{room}:{verified.entries}:{verified.head}", soft_wrap=True)
        wrong += faults
    for fault in wrong:
        console.print(fault, style="red", soft_wrap=True)
    return 1 if wrong else 0
