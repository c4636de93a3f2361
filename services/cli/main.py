"""The command `pilotage`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
dlq = typer.Typer(no_args_is_help=True, help="Ce qui n’a pas pu être entendu : voir et rejouer.")
app.add_typer(dlq, name="dlq")
key = typer.Typer(no_args_is_help=True, help="La clé qui signe les reçus.")
app.add_typer(key, name="key")
receipt = typer.Typer(no_args_is_help=True, help="Contrôler des reçus hors ligne : 0 juste, 1 refusé, 2 mauvais usage.")
app.add_typer(receipt, name="receipt")
restitution = typer.Typer(no_args_is_help=True, help="Les éditions des tableaux.")
app.add_typer(restitution, name="restitution")
journal = typer.Typer(no_args_is_help=True, help="Le journal des accès : qui a vu ou changé quoi.")
app.add_typer(journal, name="journal")


class MakesByDefault(TyperGroup):
    """`pilotage token PF01` makes a token; only the names of commands lead elsewhere."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["make", *args])


token = typer.Typer(
    cls=MakesByDefault,
    no_args_is_help=True,
    help="Jetons des Plates-formes, des CIL/CCI : faire, lister, révoquer (mot de passe : PILOTAGE_ADMIN_PASSWORD).",
)
app.add_typer(token, name="token")

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
def sftp(
    host: Annotated[str | None, typer.Option(help="adresse d’écoute ; sinon PILOTAGE_SFTP__HOST")] = None,
    port: Annotated[int | None, typer.Option(help="port ; sinon PILOTAGE_SFTP__PORT")] = None,
) -> None:
    """Ouvre la porte SFTP : dépôts, accusés de réception, restitutions."""
    from services.cli.processes import open_sftp

    open_sftp(host, port)


@app.command()
def setup() -> None:
    """Crée les sujets Kafka, met la base à jour, et le compte d’administration (mot de passe dit une seule fois)."""
    from services.cli.setup import set_up

    password = asyncio.run(set_up())
    if password:
        typer.echo(f"Compte d’administration : admin / {password}\nCe mot de passe ne sera plus affiché.")


@app.command()
def password() -> None:
    """Donne un nouveau mot de passe au compte d’administration (dit une seule fois) et met fin à ses sessions."""
    from services.cli.setup import renew_password

    renewed = asyncio.run(renew_password())
    if renewed is None:
        raise typer.BadParameter("aucun compte d’administration : `pilotage setup` le crée")
    typer.echo(f"Compte d’administration : admin / {renewed}\nCe mot de passe ne sera plus affiché.")


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
def rebuild(
    room: Annotated[str, typer.Argument(help="la salle : aggregation")] = "aggregation",
    despite_differences: Annotated[bool, typer.Option(help="met en service même ce qui diffère")] = False,
) -> None:
    """Refait les totaux depuis le journal, à côté de ceux en service, compare et bascule : 0 fait, 1 différent."""
    from services.cli.restitutions.rebuilding import run_rebuild

    raise typer.Exit(asyncio.run(run_rebuild(room, despite_differences=despite_differences)))


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(help="le fichier : CSV, XLSX, ODS ou JSON")],
    form: Annotated[str, typer.Option(help="formulaire, par exemple assistance-trimestriel")],
    period: Annotated[str, typer.Option(help="période, par exemple 2005-T1 ou 2005")],
    platform: Annotated[str, typer.Option(help="code de la Plate-forme, par exemple PF01")],
    registry: Annotated[Path, typer.Option(help="l’annuaire du réseau : network.json")],
    on: Annotated[str | None, typer.Option(help="jour du dépôt, par exemple 2005-04-15 ; aujourd’hui si rien")] = None,
    nil: Annotated[bool, typer.Option("--nil", help="état néant : un fichier annuel sans rangée est voulu")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="le verdict entier en JSON, celui de l’API")] = False,
) -> None:
    """Juge un fichier sans rien envoyer, ni serveur ni réseau : 0 accepté, 1 refusé, 2 mauvais usage."""
    from services.cli.validate import Request, run_validate

    asked = Request(file, form, period, platform, registry, on=on, nil=nil, as_json=as_json)
    raise typer.Exit(run_validate(asked))


@app.command()
def contracts(write: bool = False) -> None:
    """Compare OpenAPI, AsyncAPI et schémas d’événements à ceux du dépôt de code, ou les écrit (--write)."""
    from services.cli.contracts.checked_in import run_contracts

    raise typer.Exit(run_contracts(write=write))


@token.command("make")
def token_make(
    platform: Annotated[str | None, typer.Argument(help="code de la Plate-forme")] = None,
    member: Annotated[str | None, typer.Option(help="ou code d’un CIL/CCI, qui ne fera que lire")] = None,
    name: str = "",
    url: Url = "http://127.0.0.1:8000",
) -> None:
    """Fait un jeton, montré une seule fois, pour une Plate-forme (`pilotage token PF01`) ou pour un CIL/CCI."""
    from services.cli.tokens import make_member_token, make_token

    if (platform is None) == (member is None):
        raise typer.BadParameter("donnez le code d’une Plate-forme, ou bien --member et celui d’un CIL/CCI")
    made = make_member_token(member, name, url) if member else make_token(platform or "", name, url)
    typer.echo(asyncio.run(made))


@token.command("list")
def token_list(url: Url = "http://127.0.0.1:8000") -> None:
    """Tous les jetons faits, sans leur secret."""
    from services.cli.tokens import list_tokens

    asyncio.run(list_tokens(url))


@token.command("revoke")
def token_revoke(token: Annotated[str, typer.Argument(help="identifiant")], url: Url = "http://127.0.0.1:8000") -> None:
    """Le jeton n’ouvre plus rien, ni les sessions ouvertes avec lui."""
    from services.cli.tokens import revoke_token

    asyncio.run(revoke_token(token, url))
    typer.echo("Jeton révoqué.")


Keys = Annotated[
    list[Path] | None, typer.Option("--key", help="clé publique en PEM, ou la liste publiée ; autant que voulu")
]


@key.command("new")
def key_new() -> None:
    """Fait une clé privée (PEM) pour PILOTAGE_RECEIPT_KEY ; elle n’est écrite nulle part ailleurs."""
    from services.ingestion.domain.signing import new_private_pem

    typer.echo(new_private_pem(), nl=False)


@key.command("public")
def key_public(file: Annotated[Path, typer.Argument(help="la clé privée, en PEM")]) -> None:
    """La clé publique d’une clé privée, à donner à qui contrôle des reçus."""
    from services.cli.receipts import run_public

    raise typer.Exit(run_public(file))


@receipt.command("verify")
def receipt_verify(
    file: Annotated[Path, typer.Argument(help="le reçu : JSON ou PDF")],
    keys: Keys = None,
    against: Annotated[Path | None, typer.Option(help="le fichier déposé, pour comparer ses octets")] = None,
    previous: Annotated[Path | None, typer.Option(help="le reçu précédent de la chaîne")] = None,
) -> None:
    """Contrôle un reçu sans serveur ni réseau, et dit ce qui a été contrôlé."""
    from services.cli.receipts import run_verify

    raise typer.Exit(run_verify(file, keys or [], against, previous))


@receipt.command("verify-chain")
def receipt_verify_chain(
    file: Annotated[Path, typer.Argument(help="la chaîne exportée, un maillon par ligne")], keys: Keys = None
) -> None:
    """Contrôle une chaîne de reçus ou de destructions : signatures, ordre, aucun maillon en moins ni en trop."""
    from services.cli.receipts import run_verify_chain

    raise typer.Exit(run_verify_chain(file, keys or []))


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


@journal.command("verify")
def journal_verify(
    noted: Annotated[list[str] | None, typer.Option(help="salle:entrées:empreinte, notée avant")] = None,
) -> None:
    """Refait la chaîne du journal des accès de chaque salle : 0 intacte, 1 rompue ; dit la dernière empreinte."""
    from services.cli.journals import verify_all

    raise typer.Exit(asyncio.run(verify_all(noted or [])))


@restitution.command("replay")
def restitution_replay(
    number: Annotated[str, typer.Argument(help="par exemple assistance-trimestriel-2005-T1-region-1")],
    to: Annotated[Path | None, typer.Option(help="dossier où l’écrire : JSON, XLSX, PDF")] = None,
) -> None:
    """Refait une édition depuis les seuls événements conservés, sur une base vide : 0 identique, 1 différente."""
    from services.cli.restitutions.replaying import run_replay

    raise typer.Exit(asyncio.run(run_replay(number, to)))


def main() -> None:
    app()


if __name__ == "__main__":
    main()
