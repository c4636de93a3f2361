"""`pilotage contracts`: what the code says now, against the contracts checked in that others rely upon."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from services.cli.contracts.asyncapi import describe_events
from services.cli.contracts.compatibility import changes
from services.cli.house import build_app
from shared.events import EVENTS
from shared.settings import Settings

console = Console(soft_wrap=True, highlight=False, markup=False)

CHECKED_IN = Path(__file__).parents[3] / "docs" / "contracts"
_EVENTS = "events"
_SUFFIX = ".schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHOWN_DEPTH = 4
_WHAT_TO_DO = (
    "Rien n’est écrit : ce qui a été dit reste à lire, un événement ne change que par ajout de champs facultatifs.\n"
    "Gardez la classe telle qu’elle était et dites la nouvelle forme sous un nouveau nom, à côté : {names}."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of what is told."""

    file: str
    what: str
    breaking: bool = False

    def __str__(self) -> str:
        return f"{'RUPTURE ' if self.breaking else ''}{self.file} : {self.what}"

    @property
    def event(self) -> str:
        return self.file.removeprefix(f"{_EVENTS}/").removesuffix(_SUFFIX)


def run_contracts(*, write: bool, folder: Path = CHECKED_IN) -> int:
    """0 where nothing differs, or where what differs has been written; a rupture never is."""
    documents = current_documents()
    found = list(_differences(documents, folder))
    for difference in found:
        console.print(str(difference))
    if broken := sorted({difference.event for difference in found if difference.breaking}):
        console.print(_WHAT_TO_DO.format(names=", ".join(f"{name}V2" for name in broken)))
        return 1
    if not found:
        console.print(f"Les contrats disent ce que dit le code ({len(documents)} fichiers).")
        return 0
    if write:
        _write(documents, folder)
    console.print("Contrats écrits." if write else "`pilotage contracts --write` les écrit.")
    return 0 if write else 1


def current_documents() -> dict[str, Any]:
    """Every contract as the code has it now, by its file; connects to nothing."""
    events = {f"{_EVENTS}/{name}{_SUFFIX}": event_schema(name) for name in EVENTS}
    return {"openapi.json": build_app(_any_settings()).openapi(), "asyncapi.json": describe_events(), **events}


def event_schema(name: str) -> dict[str, Any]:
    """The body as it is written."""
    return {"$schema": _DIALECT, **EVENTS[name].model_json_schema(mode="serialization")}


def _any_settings() -> Settings:
    """Enough to build the rooms; nothing answers there."""
    return Settings.model_validate(
        {
            "kafka": {"bootstrap_servers": "kafka.invalid:9092"},
            "database": {"url": "postgresql+asyncpg://nobody@postgresql.invalid/nothing"},
            "secret_key": "signs nothing, describes the routes only",
            "public_url": "http://pilotage.invalid",
        }
    )


def _differences(documents: dict[str, Any], folder: Path) -> Iterator[Difference]:
    for name, now in documents.items():
        yield from _compare(name, now, folder / name)
    for path in sorted((folder / _EVENTS).glob(f"*{_SUFFIX}")):
        if (name := f"{_EVENTS}/{path.name}") not in documents:
            yield Difference(name, "événement retiré ou renommé", breaking=True)


def _compare(name: str, now: Any, path: Path) -> Iterator[Difference]:
    is_event = name.startswith(_EVENTS)
    if not path.is_file():
        yield Difference(name, "absent")
        return
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield Difference(name, f"illisible ({error})", breaking=is_event)
        return
    if is_event:
        for change in changes(kept, now):
            yield Difference(name, f"{change.where} — {change.what}".removeprefix(" — "), change.breaking)
    else:
        yield from (Difference(name, what) for what in _outline(kept, now))


def _outline(old: Any, new: Any, place: tuple[str, ...] = ()) -> Iterator[str]:
    """What was added, removed or changed, without going into details."""
    if not isinstance(old, dict) or not isinstance(new, dict) or len(place) == _SHOWN_DEPTH:
        if old != new:
            yield f"{' › '.join(place)} changé"
        return
    for key in sorted(old.keys() | new.keys()):
        here = (*place, key)
        if key not in old or key not in new:
            yield f"{' › '.join(here)} {'ajouté' if key in new else 'retiré'}"
        else:
            yield from _outline(old[key], new[key], here)


def _write(documents: dict[str, Any], folder: Path) -> None:
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
