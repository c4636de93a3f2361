"""The synthesis of both services: what it sets side by side, what it leaves open, when it is issued again."""

from datetime import date
from decimal import Decimal

import pytest

from services.aggregation.domain.synthesis_document import evolution
from shared.database import Database
from shared.report import Cell, Document
from tests.aggregation.submissions import accepted, golden_events, network_of
from tests.aggregation.test_editions import document_of, fold, issued, put_registry, small_network, work_day

BOTH = {"CIL-1": [10, 20, 30]}


@pytest.fixture(autouse=True)
async def registry(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readings._whole", {})
    async with database.transaction() as work:
        await put_registry(work, small_network("CIL-1", first_period="2004-T1"))


def row(document: Document, label: str, table: str = "figures") -> dict[str, Cell]:
    found = document.table(table)
    (cells,) = [row.cells for row in found.rows if row.cells[0] == label]
    return dict(zip((column.key for column in found.columns), cells, strict=True))


async def test_a_quarter_is_set_against_the_one_before_and_the_year_before(database: Database) -> None:
    for period, figures in (("2004-T1", [8, 0, 1]), ("2004-T4", [16, 5, 0]), ("2005-T1", [10, 4, 3])):
        await fold(database, accepted({"CIL-1": figures}, period=period, day=date(2005, 4, 30)))
    await work_day(database, date(2005, 5, 1))
    document = await document_of(database, "synthese-2005-T1-national-1")
    found = row(document, "Nb de diagnostics préalables")
    assert found == {
        "indicator": "Nb de diagnostics préalables", "quarter": 10, "previous": 16, "previous_difference": -6,
        "previous_rate": Decimal("-37.5"), "year_before": 8, "year_before_difference": 2,
        "year_before_rate": Decimal("25.0"), "ytd": 10, "ytd_year_before": 8, "ytd_year_before_difference": 2,
        "ytd_year_before_rate": Decimal("25.0"),
    }  # fmt: skip
    from_nothing = row(document, "Nb d’engagements réciproques")
    assert (from_nothing["year_before"], from_nothing["year_before_difference"]) == (0, 4)
    assert from_nothing["year_before_rate"] is None
    mobility = row(document, "Montant facturé HT en €")
    assert set(mobility.values()) == {"Montant facturé HT en €", None}


async def test_five_quarters_and_their_cumuls(database: Database) -> None:
    for number, period in enumerate(("2004-T1", "2004-T2", "2004-T3", "2004-T4", "2005-T1"), start=1):
        await fold(database, accepted({"CIL-1": [number, 0, 0]}, period=period, day=date(2005, 4, 30)))
    await work_day(database, date(2005, 5, 1))
    cells = row(await document_of(database, "synthese-2005-T1-national-1"), "Nb de diagnostics préalables", "five")
    assert list(cells.values())[1:] == [1, 2, 3, 4, 5, 1, 3, 6, 10, 5]


async def test_what_is_incomplete_is_named_and_a_correction_of_the_year_before_makes_a_new_edition(
    database: Database,
) -> None:
    for period in ("2004-T2", "2004-T3", "2004-T4", "2005-T1"):
        await fold(database, accepted(BOTH, period=period, day=date(2005, 4, 30)))
    await work_day(database, date(2005, 5, 1))
    first = await document_of(database, "synthese-2005-T1-national-1")
    assert first.notes == ("Tableau incomplet\u00a0: CIL-PASS assistance, 1er trimestre 2004 (1\u00a0ligne manque).",)
    await fold(database, accepted({"CIL-1": [1, 2, 3]}, period="2004-T1", day=date(2005, 5, 3)))
    await work_day(database, date(2005, 5, 9))
    again = await document_of(database, "synthese-2005-T1-national-2")
    moved = ", ".join(f"CIL-PASS assistance {n}e trimestre 2004" for n in (1, 2, 3, 4)).replace("1e", "1er", 1)
    assert again.notes[1].endswith(f"{moved}.")
    assert again.table("changes").rows[0].cells[2:] == (None, 1, None, 1)
    assert row(again, "Nb de diagnostics préalables")["year_before"] == 1


async def test_nothing_moved_nothing_issued(database: Database) -> None:
    await fold(database, accepted(BOTH, day=date(2005, 4, 30)))
    for day in (date(2005, 5, 1), date(2005, 5, 2), date(2005, 5, 9)):
        await work_day(database, day)
    editions = [e for e in await issued(database) if e.form == "synthese" and e.period == "2005-T1"]
    assert [edition.edition for edition in editions] == [1]


async def test_golden_syntheses_hold_the_figures_of_the_national_tables(database: Database) -> None:
    network, events = network_of("network-2015"), list(golden_events("network-2015"))
    async with database.transaction() as work:
        await put_registry(work, network, version=2)
    await fold(database, *events)
    await work_day(database, date(2017, 2, 1))
    for period in ("2015-T2", "2015-T4", "2016-T1", "2016-T4"):
        synthesis = (await document_of(database, f"synthese-{period}-national-1")).table("figures").rows
        found = [(r.cells[1], r.cells[8]) for r in synthesis if r.style == "normal"]
        expected: list[tuple[Cell, Cell]] = []
        for form in ("assistance-trimestriel", "mobilite-trimestriel"):
            cells = (await document_of(database, f"{form}-{period}-national-1")).table("figures").rows[0].cells[-6:]
            expected += zip(cells[::2], cells[1::2], strict=True)
        assert found == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(1, 3, "-66.7"), (3, 1, "200.0"), (2001, 2000, "0.1"), (1, 0, None), (0, 5, "-100.0"), (2003, 2000, "0.2")],
)
def test_an_evolution_is_rounded_to_the_nearest_tenth(now: int, before: int, expected: str | None) -> None:
    assert evolution(now, before) == (Decimal(expected) if expected else None)
