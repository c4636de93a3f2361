"""Two CSV files compared as rows without an order: what a replay exports against what is expected."""

import csv
from collections import Counter
from pathlib import Path

_SHOWN = 20
_Row = tuple[str, ...]


def compare(expected: Path, got: Path, forms: set[str]) -> list[str]:
    """Empty where every expected row of the forms built is there as often as expected, and no other row."""
    if not got.is_file():
        return [f"{got.name} : fichier absent"]
    columns, wanted_rows = _read(expected)
    got_columns, got_rows = _read(got)
    if absent := [column for column in columns if column not in got_columns]:
        return [f"{got.name} : colonnes absentes ({', '.join(absent)})"]
    wanted = Counter(_row(row, columns) for row in wanted_rows if _form(row) in forms)
    found = Counter(_row(row, columns) for row in got_rows)
    missing = _said(got.name, "manquante", wanted - found)
    return missing + _said(got.name, "inattendue", found - wanted)


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        return list(reader.fieldnames or []), list(reader)


def _row(row: dict[str, str], columns: list[str]) -> _Row:
    return tuple(row[column] for column in columns)


def _form(row: dict[str, str]) -> str:
    """The `form` column, or else the start of the name of the file sent."""
    return row["form"] if "form" in row else row["file"].partition("_")[0]


def _said(name: str, kind: str, rows: Counter[_Row]) -> list[str]:
    """How many, then the first of them in order."""
    if not rows:
        return []
    plural = "s" if rows.total() > 1 else ""
    shown = [f"  {kind} : {','.join(row)}" for row in sorted(rows.elements())[:_SHOWN]]
    rest = rows.total() - len(shown)
    more = [f"  … et {rest} autre{'s' if rest > 1 else ''}"] if rest else []
    return [f"{name} : {rows.total()} ligne{plural} {kind}{plural}", *shown, *more]
