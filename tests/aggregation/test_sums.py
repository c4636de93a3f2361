"""Every level of an issued table adds up to the same national figures."""

import json
from collections.abc import Sequence
from datetime import date

from shared.database import Database
from shared.events import RestitutionIssued
from shared.forms import FORMS
from tests.aggregation.submissions import golden_events, network_of
from tests.aggregation.test_editions import fold, put_registry, said, work_day


async def test_golden_first_editions_sum_to_the_national_total(database: Database) -> None:
    """Every level of a table adds up to the same national figures, and all its rows to their totals."""
    network, events = network_of("network-2015"), list(golden_events("network-2015"))
    async with database.transaction() as work:
        await put_registry(work, network, version=2)
    await fold(database, *events)
    for day in (date(2016, 1, 31), date(2016, 5, 1), date(2016, 7, 31), date(2016, 10, 31)):
        await work_day(database, day)
    tables = _figures_by_table(await said(database))
    assert len(tables) == 14  # the four quarters of 2015 on the first of these days
    for levels in tables.values():
        assert len({json.dumps(total, default=str) for total in levels.values()}) == 1, levels


def _figures_by_table(events: Sequence[RestitutionIssued]) -> dict[tuple[str, str], dict[str, list[object]]]:
    found: dict[tuple[str, str], dict[str, list[object]]] = {}
    for edition in (edition for event in events for edition in event.editions if edition.form in FORMS):
        rows = edition.document.table("figures").rows
        cells = [list(row.cells[-6:]) for row in rows if row.style == "normal"] or [list(rows[-1].cells[-6:])]
        total = [sum(column) for column in zip(*cells, strict=True)]
        assert total == list(rows[-1].cells[-6:])
        found.setdefault((edition.form, edition.period), {})[edition.by] = total
    return found
