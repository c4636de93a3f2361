"""Writes what came out of a replay, in the columns of `expected/`, and compares where something is expected."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from services.cli.client import Client
from services.cli.comparison import compare
from services.cli.plan import Plan
from shared.forms import FORMS

COMPARED = ("tables.csv", "errors.csv", "obligations.csv", "reminders.csv")


async def export(client: Client, plan: Plan, errors: Sequence[tuple[str, str, str, str]], folder: Path) -> None:
    """tables, errors, obligations, reminders and messages."""
    folder.mkdir(parents=True, exist_ok=True)
    years = range(plan.first_day.year, plan.last_day.year + 1)
    tables = [await client.text("/api/v1/tables", year=year, format="csv") for year in years]
    (folder / "tables.csv").write_text(_joined(tables), encoding="utf-8")
    (folder / "errors.csv").write_text(_written(["file", "line", "column", "code"], errors), encoding="utf-8")
    for name in ("obligations", "reminders", "messages"):
        text = await client.text(f"/api/v1/{name}", format="csv")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def _joined(texts: Sequence[str]) -> str:
    """Several CSVs of the same columns as one."""
    heads = [text.splitlines(keepends=True)[:1] for text in texts]
    return "".join(heads[0]) + "".join(line for text in texts for line in text.splitlines(keepends=True)[1:])


def _written(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows([columns, *rows])
    return written.getvalue()


def compare_with_expected(plan: Plan, folder: Path) -> list[str]:
    """What differs from the network's `expected/`; nothing where it has none."""
    expected = plan.folder / "expected"
    return [
        difference
        for name in COMPARED
        if (expected / name).exists()
        for difference in compare(expected / name, folder / name, set(FORMS))
    ]
