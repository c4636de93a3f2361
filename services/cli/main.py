"""The command `pilotage`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
dlq = typer.Typer(no_args_is_help=True, help="Ce qui n’a pas pu être entendu : voir et rejouer.")
app.add_typer(dlq, name="dlq")

Rooms = Annotated[list[str] | None, typer.Argument(help="salles ; toutes si rien n’est dit")]
Url = Annotated[str, typer.Option(envvar="PILOTAGE_URL", help="adresse du service")]
Folder = Annotated[Path | None, typer.Argument(help="dossier du réseau : network.json, submissions/, plan.csv")]


@app.command()
def serve(rooms: Rooms = None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Répond en HTTP : pages et API."""
    from services.cli.processes import serve_rooms

    serve_rooms(rooms or [], host, port)


@app.command()
def work(rooms: Rooms = None) -> None:
    """Entend les événements et relaie ce qui a été dit."""
    from services.cli.processes import work_rooms

    work_rooms(rooms or [])


@app.command()
def setup() -> None:
    """Crée les sujets Kafka, met la base à jour, et le compte d’administration (mot de passe dit une seule fois)."""
    from services.cli.setup import set_up

    password = asyncio.run(set_up())
    if password:
        typer.echo(f"Compte d’administration : admin / {password}\nCe mot de passe ne sera plus affiché.")


@app.command()
def demo(
    folder: Folder = None,
    once: Annotated[bool, typer.Option(help="dossier neuf, ports libres, rejoue le plan, compare et s’arrête")] = False,
    export: Annotated[
        Path | None, typer.Option(help="y écrit tables, errors, obligations, reminders, messages")
    ] = None,
    data: Annotated[Path, typer.Option(help="où Kafka, PostgreSQL et la boîte aux lettres écrivent")] = Path(
        "var/demo"
    ),
) -> None:
    """Démarre tout sur cette machine et y fait vivre un réseau pendant deux ans."""
    from services.cli.demo import run_demo

    raise typer.Exit(asyncio.run(run_demo(folder, once=once, export=export, data=data)))


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="où tout est écrit")] = Path("var/up"), simulation: bool = False
) -> None:
    """Démarre tout sur cette machine, sans rien y charger."""
    from services.cli.demo import run_up

    raise typer.Exit(asyncio.run(run_up(data, simulation=simulation)))


@app.command()
def load(folder: Path, url: Url = "http://127.0.0.1:8000", export: Path | None = None) -> None:
    """Charge un réseau dans un service en marche (PILOTAGE_ADMIN_PASSWORD dans l’environnement)."""
    from services.cli.load import run_load

    raise typer.Exit(asyncio.run(run_load(folder, url, export)))


@app.command()
def check(url: Url = "http://127.0.0.1:8000") -> None:
    """Recalcule tous les totaux depuis les fichiers conservés, par un autre chemin, et compare."""
    from services.cli.check import run_check

    raise typer.Exit(asyncio.run(run_check(url)))


@app.command()
def token(platform: str, name: str = "", url: Url = "http://127.0.0.1:8000") -> None:
    """Fait un jeton pour une Plate-forme (PILOTAGE_ADMIN_PASSWORD dans l’environnement)."""
    from services.cli.load import make_token

    typer.echo(asyncio.run(make_token(platform, name, url)))


@app.command()
def contracts(write: bool = False) -> None:
    """Compare OpenAPI, AsyncAPI et schémas d’événements à ceux du dépôt de code, ou les écrit (--write)."""
    from services.cli.contracts import run_contracts

    raise typer.Exit(run_contracts(write=write))


@dlq.command("list")
def dlq_list(room: str | None = None) -> None:
    """Ce qui attend, par salle."""
    from services.cli.dead_letters import list_all

    asyncio.run(list_all(room))


@dlq.command("show")
def dlq_show(room: str, letter: int) -> None:
    """La cause et l’enveloppe d’un événement mis de côté ; son contenu reste masqué."""
    from services.cli.dead_letters import show

    raise typer.Exit(asyncio.run(show(room, letter)))


@dlq.command("replay")
def dlq_replay(room: str, letter: Annotated[int | None, typer.Argument(help="numéro ; tous si rien")] = None) -> None:
    """Entend à nouveau, une fois la cause corrigée."""
    from services.cli.dead_letters import replay_letters

    raise typer.Exit(asyncio.run(replay_letters(room, letter)))


def main() -> None:
    app()


if __name__ == "__main__":
    main()
