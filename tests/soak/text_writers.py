"""Writing of a table as CSV or JSON, in the ways that programs and hands do."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

from tests.soak.tables import Cell, Table


def as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "VRAI" if cell else "FAUX"
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}".replace(".", ",")
    return str(cell)


def as_csv(draw: Random, table: Table) -> bytes:
    separator = draw.choice(";;;,\t")
    end = draw.choice(("\r\n", "\r\n", "\n", "\n", "\n", "\r", "\r\r\n"))
    quotes = draw.choice((str.isalpha, str.isalpha, lambda _: True))
    records = [table.header, *[[as_text(cell) for cell in row] for row in table.rows]]
    lines = [
        separator.join(_quoted(cell, separator, always=quotes is not str.isalpha) for cell in row) for row in records
    ]
    before = [draw.choice(("", separator * 3, " ", '""')) for _ in range(draw.choice((0, 0, 0, 0, 1, 2)))]
    text = end.join([*before, *lines]) + draw.choice((end, end, end, "", end * 2, "\x1a", f"{separator * 2}{end}"))
    return _encoded(draw, text)


def _quoted(cell: str, separator: str, *, always: bool) -> str:
    must = always or set(cell) & {separator, '"', "\n", "\r"}
    return '"' + cell.replace('"', '""') + '"' if must else cell


def _encoded(draw: Random, text: str) -> bytes:
    chosen = draw.choice(
        ("utf-8",) * 6 + ("utf-8-sig",) * 3 + ("cp1252",) * 3 + ("utf-16", "utf-16-le", "utf-32", "mixed")
    )
    if chosen == "mixed":
        half = len(text) // 2
        return text[:half].encode("utf-8", "replace") + "é".encode("cp1252") + text[half:].encode("cp1252", "replace")
    return text.encode(chosen, "replace")


def as_json(draw: Random, table: Table) -> bytes:
    rows = [_members(draw, table.header, row) for row in table.rows]
    text = '{"rows": [' + ", ".join(rows) + "]}"
    spoilt = _shapes(draw, text) if draw.random() < 0.2 else text
    return spoilt.encode("utf-8-sig" if draw.random() < 0.15 else "utf-8", "surrogatepass")


def _members(draw: Random, header: Sequence[str], row: Sequence[Cell]) -> str:
    """A JSON object whose keys may come twice, or not at all."""
    pairs = [(name, cell) for name, cell in zip(header, row, strict=False) if cell is not None or draw.random() < 0.5]
    if draw.random() < 0.01 and pairs:
        pairs.append(draw.choice(pairs))
    return "{" + ", ".join(f"{json.dumps(name)}: {_plain(draw, cell)}" for name, cell in pairs) + "}"


def _plain(draw: Random, cell: Cell) -> str:
    if draw.random() < 0.001:
        return draw.choice(_STRANGE)
    if isinstance(cell, Decimal):
        return str(cell)
    if isinstance(cell, date):
        cell = cell.isoformat()
    return json.dumps(cell, ensure_ascii=draw.random() < 0.5)


_STRANGE = (
    "NaN", "Infinity", "-Infinity", "1e999", "1E400", "-0", "0.10", "1.5e1", "1e2", "01", "+1", ".5", "5.", "0x10",
    "9" * 25, "9" * 2500, "9" * 5000, "1e99999999999999999999", "1e-99999999999999999999", "[]", "{}", "[1]",
    '{"a": 1}', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"a\\u0085b"', '"\\u2028"', '"\\x41"', "'a'", "nul",
    "True", "undefined",
)  # fmt: skip


def _shapes(draw: Random, text: str) -> str:
    changes = (
        lambda: text + draw.choice((" ", "\n", "x", "{}", ",", "\x00", "]")),
        lambda: text[:-1] + ', "rows": []}',
        lambda: text[:-1] + ', "more": 1}',
        lambda: text.replace('"rows"', draw.choice(('"Rows"', '"row"', '" rows "', "rows", '"r\\u006fws"')), 1),
        lambda: text.replace("[", "[[", 1).replace("]}", "]]}"),
        lambda: text.replace("[{", "[1, {", 1),
        lambda: text[10:-1],
        lambda: text.replace(", ", ",, ", 1),
        lambda: text.replace("}", ",}", 1),
        lambda: "// a comment\n" + text,
        lambda: text.replace(": ", ": [", 1),
        lambda: text.replace("[", "[null, ", 1),
        lambda: " \n" + text,
    )
    return draw.choice(changes)()
