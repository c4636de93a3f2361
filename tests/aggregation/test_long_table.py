"""The long table, as pure calculation: the golden networks' tables from their files, row for row."""

import csv

import pytest

from services.aggregation.domain.long_table import HEADER, QuarterFigures, long_table
from services.aggregation.domain.versions import Key, Version
from services.aggregation.domain.ytd import last_quarter, rows_of_year
from services.aggregation.tables.versions import unwritten
from shared.periods import Period
from tests.aggregation.submissions import GOLDEN, QUARTERLY, golden_events, read


def _figures(version: Version) -> list[QuarterFigures]:
    form, period, platform = version.key
    found = []
    for member, _, _, region, one, two, three, _ in unwritten(version.lines):
        groups = [
            ("member", member),
            ("national", "FR"),
            ("platform", platform),
            *([("region", region)] if region else []),
        ]
        found += [QuarterFigures(form, period, level, code, (one, two, three)) for level, code in groups]
    return found


@pytest.mark.parametrize("golden", ["network-2005", "network-2015"])
def test_equals_the_expected_tables_of_a_golden_network(golden: str) -> None:
    standing: dict[Key, Version] = {}
    for event in golden_events(golden):
        version = read(event).version
        assert version
        standing[version.key] = version
    figures = [item for version in standing.values() for item in _figures(version)]
    last = {form: max(Period.parse(item.period) for item in figures if item.form == form) for form in QUARTERLY}
    years = sorted({Period.parse(item.period).year for item in figures})
    shown = [
        [str(cell) for cell in row]
        for form in QUARTERLY.values()
        for year in years
        for row in long_table(year, [form], [item for item in figures if item.period.startswith(str(year))], last)
    ]
    with (GOLDEN / golden / "expected" / "tables.csv").open() as file:
        header, *expected = list(csv.reader(file))
    assert header == list(HEADER)
    assert shown == expected


def test_a_code_has_rows_from_its_first_line_to_the_last_quarter_of_anybody() -> None:
    rows = rows_of_year({2: (5, 0, 1)}, last=4)
    assert {quarter: row.quarter for quarter, row in rows.items()} == {2: (5, 0, 1), 3: (0, 0, 0), 4: (0, 0, 0)}
    assert [row.ytd for row in rows.values()] == [(5, 0, 1)] * 3


def test_a_past_year_is_shown_whole_where_a_later_one_has_lines() -> None:
    assert last_quarter(2005, Period(2006, 1)) == 4
    assert last_quarter(2006, Period(2006, 1)) == 1
    assert last_quarter(2007, Period(2006, 1)) == 0
    assert last_quarter(2005, None) == 0
