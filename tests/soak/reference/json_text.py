"""JSON, read by the standard library: every number keeps its spelling, no key comes twice."""

import json
from typing import Any

from tests.soak.reference.grid import Grid, Loose, NotRead, grid_of

_LONGEST_EXPONENT = 18


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def read_json(content: bytes, columns: list[str]) -> Grid:
    """Where there is no row at all, these columns are the header."""
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(
            text, object_pairs_hook=_pairs, parse_int=_Number, parse_float=_Number, parse_constant=_refuse
        )
        json.dumps(found, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise NotRead from None
    if not (isinstance(found, _Pairs) and [name for name, _ in found] == ["rows"] and type(found[0][1]) is list):
        raise NotRead
    rows = found[0][1]
    return _grid(rows) if rows else Grid([(1, columns)], 0)


class _Pairs(list[tuple[str, Any]]):
    """An object's members."""


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return _Pairs(pairs)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _grid(rows: list[Any]) -> Grid:
    """Names are compared as headers are; two of one row that are one name make a double column."""
    if not all(isinstance(row, _Pairs) for row in rows):
        raise NotRead
    header: list[str] = []
    for row in rows:
        names = [_normal(name) for name, _ in row]
        header += [name for name in dict.fromkeys(names) if name not in header]
        header += [name for name in dict.fromkeys(names) if names.count(name) > header.count(name)]
    records = [_record(header, row) for row in rows]
    lines = enumerate(records, start=2)
    return grid_of([(1, header), *lines] if header else lines)


def _normal(name: str) -> str:
    return name.strip().lower()


def _record(header: list[str], row: _Pairs) -> list[str]:
    by_name = {_normal(name): value for name, value in row}
    return [_written(by_name.get(name)) for name in header]


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, _Pairs | list):
        raise NotRead
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, _Number):
        exponent = value.lower().partition("e")[2]
        if len(exponent) > _LONGEST_EXPONENT:
            raise NotRead
        return Loose(value) if exponent or (value.startswith("-") and not value.strip("-0.")) else str(value)
    return str(value)
