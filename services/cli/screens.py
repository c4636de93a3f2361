"""What the terminal shows: progress bars, and the screen on which the demo ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console()


@contextmanager
def sending_bar(total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar over the files to send; call it with the day and how many were sent."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Envois", total=total)

        def advance(day: str, sent: int) -> None:
            progress.update(task, advance=sent, description=f"Envois du {day}")

        yield advance


def step(message: str) -> None:
    console.print(f"[bold]•[/bold] {message}")


def final_screen(
    url: str, password: str, mailbox: str, sftp: str, platform: str | None = None, token: str | None = None
) -> None:
    """What to look at, and how to sign in."""
    places = Table.grid(padding=(0, 2))
    for label, value in (
        ("Tableaux", f"{url}/tableaux"),
        ("Dépôts", f"{url}/depots"),
        ("Échéances", f"{url}/echeances"),
        ("Boîte d’envoi", f"{url}/boite-envoi"),
        ("API", f"{url}/docs"),
        ("SFTP", sftp),
        ("Messages reçus (.eml)", mailbox),
        ("Connexion", f"{url}/connexion"),
        ("Administration", f"admin / {password}"),
        (f"Plate-forme {platform}", token or ""),
    ):
        if value:
            places.add_row(f"[bold]{label}[/bold]", value)
    console.print(Panel(places, title="Le réseau est en marche", subtitle="Ctrl-C arrête tout", expand=False))
