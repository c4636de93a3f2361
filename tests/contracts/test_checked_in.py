"""The contracts checked in: there, as the code says them, and never overwritten by a rupture."""

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from services.cli.contracts.checked_in import CHECKED_IN, console, current_documents, event_schema, run_contracts
from services.cli.contracts.compatibility import changes
from shared.events import EVENTS
from tests.contracts.recorded import ALL_NAMES, recorded

Json = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is checked in, brought up to date."""
    copy = tmp_path / "contracts"
    shutil.copytree(CHECKED_IN, copy)
    assert run_contracts(write=True, folder=copy) == 0
    return copy


def schema_file(folder: Path, name: str) -> Path:
    return folder / "events" / f"{name}.schema.json"


def _rewrite(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def test_every_event_has_a_golden_schema_and_no_other_is_kept() -> None:
    assert sorted(path.name for path in (CHECKED_IN / "events").iterdir()) == [f"{n}.schema.json" for n in ALL_NAMES]


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_event_is_as_its_golden_schema_says(name: str) -> None:
    golden = json.loads(schema_file(CHECKED_IN, name).read_text(encoding="utf-8"))
    assert changes(golden, event_schema(name)) == []


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_example_is_as_the_golden_schema_says(name: str) -> None:
    golden = json.loads(schema_file(CHECKED_IN, name).read_text(encoding="utf-8"))
    assert list(faults(recorded(name).body, golden, golden.get("$defs", {}))) == []


def faults(value: Any, schema: Json, definitions: Json, place: str = "") -> list[str]:
    """Where the value is not as the schema says: types, names, what must be there."""
    if "$ref" in schema:
        return faults(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, place)
    if "anyOf" in schema:
        ways = [faults(value, way, definitions, place) for way in schema["anyOf"]]
        return [] if [] in ways else ways[0]
    found = [] if _is(value, schema["type"]) else [f"{place}: {value!r} is no {schema['type']}"]
    if value not in schema.get("enum", [value]):
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if isinstance(value, list):
        return found + [fault for item in value for fault in faults(item, schema["items"], definitions, f"{place}[]")]
    return found + (_field_faults(value, schema, definitions, place) if isinstance(value, dict) else [])


def _field_faults(value: Json, schema: Json, definitions: Json, place: str) -> list[str]:
    known, rest = schema.get("properties", {}), schema.get("additionalProperties")
    found = [f"{place}.{name} is absent" for name in known if name not in value]
    for name, item in value.items():
        about = known.get(name, rest or None)
        where = f"{place}.{name}"
        found += faults(item, about, definitions, where) if about else [f"{where} is unknown"]
    return found


def _is(value: Any, kind: str) -> bool:
    kinds = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    return isinstance(value, kinds[kind]) and not (kind == "integer" and isinstance(value, bool))


def test_nothing_differs_once_written(folder: Path) -> None:
    assert run_contracts(write=False, folder=folder) == 0


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert run_contracts(write=False, folder=tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
    assert run_contracts(write=True, folder=tmp_path) == 0
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")}
    assert written == {"openapi.json", "asyncapi.json", *(f"events/{name}.schema.json" for name in EVENTS)}


def test_an_addition_is_told_then_written(folder: Path) -> None:
    path = schema_file(folder, "CredentialIssued")
    now = json.loads(path.read_text(encoding="utf-8"))
    before = now | {"properties": {name: about for name, about in now["properties"].items() if name != "revoked"}}
    _rewrite(path, before)
    with console.capture() as told:
        assert run_contracts(write=False, folder=folder) == 1
    assert "events/CredentialIssued.schema.json : revoked — champ ajouté\n" in told.get()
    assert run_contracts(write=True, folder=folder) == 0
    assert json.loads(path.read_text(encoding="utf-8")) == now


@pytest.mark.parametrize("write", [False, True])
def test_a_rupture_is_refused_and_nothing_is_written(folder: Path, *, write: bool) -> None:
    path = schema_file(folder, "DayBegan")
    before = json.loads(path.read_text(encoding="utf-8"))
    before["properties"]["zone"] = {"type": "string", "default": "Europe/Paris"}
    _rewrite(path, before)
    _rewrite(folder / "openapi.json", {})
    with console.capture() as told:
        assert run_contracts(write=write, folder=folder) == 1
    assert "RUPTURE events/DayBegan.schema.json : zone — champ retiré ou renommé\n" in told.get()
    assert "DayBeganV2" in told.get()
    assert json.loads(path.read_text(encoding="utf-8")) == before
    assert (folder / "openapi.json").read_text(encoding="utf-8") == "{}"


def test_an_event_that_is_no_longer_said_is_a_rupture(folder: Path) -> None:
    schema_file(folder, "DayBegan").rename(schema_file(folder, "DayStarted"))
    with console.capture() as told:
        assert run_contracts(write=True, folder=folder) == 1
    assert "RUPTURE events/DayStarted.schema.json : événement retiré ou renommé\n" in told.get()


def test_an_unreadable_golden_schema_is_not_overwritten(folder: Path) -> None:
    path = schema_file(folder, "DayBegan")
    path.write_text("<<<<<<< HEAD", encoding="utf-8")
    assert run_contracts(write=True, folder=folder) == 1
    assert path.read_text(encoding="utf-8") == "<<<<<<< HEAD"


def test_a_route_that_is_gone_is_told_and_may_be_written(folder: Path) -> None:
    path = folder / "openapi.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    before["paths"]["/api/v1/gone"] = {}
    _rewrite(path, before)
    with console.capture() as told:
        assert run_contracts(write=True, folder=folder) == 0
    assert "openapi.json : paths › /api/v1/gone retiré\n" in told.get()


def test_describing_the_house_connects_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was asked for")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "/api/v1/submissions" in current_documents()["openapi.json"]["paths"]
