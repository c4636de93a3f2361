"""Tells additions from ruptures between two schemas of an event.

An addition leaves every record ever said readable, and readers of before can read what is said now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_WORDS = {"$schema", "title", "description", "examples", "deprecated"}
_JUDGED = {
    *("type", "format", "anyOf", "enum", "const", "properties", "required", "additionalProperties", "items", "default"),
    *_LOWER,
    *_UPPER,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What differs, where in the event, and whether somebody can no longer read what another says."""

    where: str
    what: str
    breaking: bool


def changes(old: Schema, new: Schema) -> list[Change]:
    """Empty only where both say the same."""
    found = list(_changes(_inlined(old), _inlined(new), ""))
    if not found and old != new:
        return [Change("", "libellé ou ordre changé", breaking=False)]
    return found


def _inlined(schema: Schema) -> Schema:
    """The same schema without references; one that holds itself keeps its name at that place."""
    definitions = schema.get("$defs", {})

    def expand(node: Any, within: frozenset[str]) -> Any:
        if isinstance(node, list):
            return [expand(item, within) for item in node]
        if not isinstance(node, dict):
            return node
        rest = {key: expand(value, within) for key, value in node.items() if key not in ("$defs", "$ref")}
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if not name:
            return rest
        if name in within:
            return {**rest, "type": f"object {name}"}
        return {**expand(definitions[name], within | {name}), **rest}

    expanded: Schema = expand(schema, frozenset())
    return expanded


def _kind(schema: Schema) -> str:
    """The type in a few words: `string (date) | null`."""
    if "anyOf" in schema:
        return " | ".join(_kind(branch) for branch in schema["anyOf"])
    return str(schema.get("type", "?")) + (f" ({schema['format']})" if "format" in schema else "")


def _changes(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    if _kind(old) != _kind(new):
        yield Change(where, f"type changé : {_kind(old)} devient {_kind(new)}", breaking=True)
        return
    for before, after in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=True):
        yield from _changes(before, after, where)
    yield from _value_changes(old, new, where)
    yield from _bound_changes(old, new, where)
    yield from _field_changes(old, new, where)
    yield from _openness_changes(old, new, where)
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        yield from _changes(old["items"], new["items"], f"{where}[]")
    for keyword in sorted((old.keys() | new.keys()) - _WORDS - _JUDGED):
        if old.get(keyword) != new.get(keyword):
            yield Change(where, f"règle changée : {keyword}", breaking=True)


def _values(schema: Schema) -> list[Any] | None:
    """The values allowed; None where any is."""
    values: list[Any] | None = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return values


def _value_changes(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = _values(old), _values(new)
    if before is None and after is not None:
        yield Change(where, f"valeurs désormais limitées à {_listed(after)}", breaking=True)
    elif after is None and before is not None:
        yield Change(where, "toute valeur est désormais admise", breaking=False)
    elif before and after:
        if gone := [value for value in before if value not in after]:
            yield Change(where, f"valeurs retirées : {_listed(gone)}", breaking=True)
        if come := [value for value in after if value not in before]:
            yield Change(where, f"valeurs ajoutées : {_listed(come)}", breaking=False)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))


def _bound_changes(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for keyword in (*_LOWER, *_UPPER):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        narrower = after is not None and (before is None or (after > before) == (keyword in _LOWER))
        word = "resserrée" if narrower else "relâchée"
        yield Change(where, f"borne {word} : {keyword}", breaking=narrower)


def _field_changes(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in sorted(before.keys() | after.keys()):
        at = f"{where}.{name}".removeprefix(".")
        if name not in after:
            yield Change(at, "champ retiré ou renommé", breaking=True)
        elif name not in before:
            yield _added(old, new, name, at)
        else:
            yield from _need_changes(old, new, name, at)
            yield from _changes(before[name], after[name], at)


def _added(old: Schema, new: Schema, name: str, at: str) -> Change:
    if name in new.get("required", ()):
        return Change(at, "champ ajouté, mais exigé : ce qui a déjà été dit ne l’a pas", breaking=True)
    if old.get("additionalProperties") is False:
        return Change(at, "champ ajouté à un objet fermé : les lecteurs d’avant le refusent", breaking=True)
    return Change(at, "champ ajouté", breaking=False)


def _need_changes(old: Schema, new: Schema, name: str, at: str) -> Iterator[Change]:
    was_required, is_required = name in old.get("required", ()), name in new.get("required", ())
    if is_required and not was_required:
        yield Change(at, "champ désormais exigé", breaking=True)
    elif was_required and not is_required:
        yield Change(at, "champ désormais facultatif", breaking=False)
    elif not is_required and old["properties"][name].get("default") != new["properties"][name].get("default"):
        yield Change(at, "valeur par défaut changée : ce qui a déjà été dit changerait de sens", breaking=True)


def _openness_changes(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _changes(before, after, f"{where}{{}}")
    elif before != after:
        narrower = before is True or after is False
        word = "n’admet plus" if narrower else "admet désormais"
        yield Change(where, f"{word} d’autres champs", breaking=narrower)
