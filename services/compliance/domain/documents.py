"""Reading of a JSON document exactly: what two readers could take differently, or nobody can keep, is refused."""

import json
import math
from typing import Any

DEEPEST = 50


class UnreadableDocument(ValueError):
    """It is no JSON document that can be taken; the text is a French sentence."""


def read_document(content: bytes) -> Any:
    """The values of a JSON document in UTF-8; UnreadableDocument where it holds none."""
    try:
        document = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnreadableDocument:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("Ce n’est pas un document JSON en UTF-8.") from error
    _check_texts(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableDocument(f"Un même objet JSON donne deux fois « {ascii(twice)[1:-1][:60]} ».")
    return found


def _refuse_constant(name: str) -> Any:
    raise UnreadableDocument(f"« {name} » n’est pas un nombre.")


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise UnreadableDocument("Un nombre est trop grand.")
    return value


def _check_texts(document: Any) -> None:
    """PostgreSQL keeps neither NUL nor half a surrogate pair; nesting has a limit of ours, not of the interpreter."""
    level = [document]
    for _ in range(DEEPEST):
        texts = [text for value in level for text in _texts(value)]
        if not all(map(_is_storable, texts)):
            raise UnreadableDocument("Un texte contient un caractère qui n’existe pas.")
        level = [part for value in level for part in _parts(value)]
        if not level:
            return
    raise UnreadableDocument(f"Les valeurs sont imbriquées sur plus de {DEEPEST} niveaux.")


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, dict) else []


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
