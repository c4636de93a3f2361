"""`pilotage dlq`: what could not be heard."""

from rich.console import Console
from rich.table import Table

from services.cli.house import build_rooms
from shared.dead_letters import find_letter, list_letters
from shared.hearing import replay
from shared.room import Room
from shared.settings import Settings

console = Console()


def _room(name: str) -> Room:
    return build_rooms(Settings(), [name])[name]


async def list_all(name: str | None) -> None:
    table = Table("salle", "n°", "sujet", "partition", "position", "type", "cause", "mis de côté le")
    for room in build_rooms(Settings(), [name] if name else []).values():
        async with room.database.transaction() as work:
            for letter in await list_letters(work):
                place = (letter.topic, str(letter.partition), str(letter.offset))
                buried = f"{letter.buried_at:%d/%m/%Y %H:%M}"
                table.add_row(room.name, str(letter.id), *place, letter.kind, letter.cause[:80], buried)
        await room.database.close()
    console.print(table if table.row_count else "Rien n’est en attente.")


async def show(name: str, letter_id: int) -> int:
    room = _room(name)
    async with room.database.transaction() as work:
        letter = await find_letter(work, letter_id)
    await room.database.close()
    if letter is None:
        console.print(f"{name} n’a pas d’événement n° {letter_id} mis de côté.")
        return 1
    console.print(f"{letter.topic}/{letter.partition} @ {letter.offset} — {letter.kind}, {len(letter.value)} octets")
    console.print(f"Cause : {letter.cause}\n\n{letter.detail}", markup=False)
    return 0


async def replay_letters(name: str, letter_id: int | None) -> int:
    """Every letter that still fails stays, and the code is 1."""
    room, failed = _room(name), 0
    async with room.database.transaction() as work:
        letters = [one for one in await list_letters(work) if letter_id in (None, one.id)]
    for letter in letters:
        try:
            await replay(room, letter)
            console.print(f"n° {letter.id} : entendu.")
        except Exception as error:  # each letter fails for its own reason, told, and stays
            failed += 1
            console.print(f"n° {letter.id} : toujours impossible ({type(error).__name__}: {error})"[:500], markup=False)
    await room.database.close()
    if not letters:
        console.print("Rien à rejouer.")
    return 1 if failed or (letter_id and not letters) else 0
