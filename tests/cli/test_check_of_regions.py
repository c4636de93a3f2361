"""`pilotage check` after the registry has moved a member: the région follows the département that was judged."""

from decimal import Decimal

from services.cli.recomputation import (
    Cell,
    Figures,
    KeptFile,
    Tables,
    differences,
    recompute,
    recompute_with_assumed,
    told_apart,
)

HEADER = "organisme;departement;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
ILE_DE_FRANCE, BRETAGNE = "11", "53"
MEASURE = "diagnostics_prealables"
OTHERS = ("engagements_reciproques", "diagnostics_complementaires")
TODAY = {"members": [{"code": "CIL-1", "department": "75"}, {"code": "CIL-2", "department": "75"}]}


def kept(*rows: str) -> KeptFile:
    return KeptFile("PF01", "assistance-trimestriel", "2005-T1", 1, "accepted", "\n".join([HEADER, *rows]).encode())


def shown(tables: Tables) -> list[dict[str, str]]:
    return [
        {**cell._asdict(), "quarter": str(figures.quarter), "ytd": str(figures.ytd)}
        for cell, figures in sorted(tables.items())
    ]


def region(code: str, measure: str = MEASURE) -> Cell:
    return Cell("assistance-trimestriel", "2005-T1", "region", code, measure)


def figures(quarter: int) -> Figures:
    """Of a year's first quarter."""
    return Figures(Decimal(quarter), Decimal(quarter))


def moved(tables: Tables, number: int, source: str, target: str) -> Tables:
    """The same tables with some figures of one région in another."""
    found = dict(tables)
    for code, change in ((source, -number), (target, number)):
        known = found.get(region(code), figures(0))
        found[region(code)] = Figures(known.quarter + change, known.ytd + change)
    return found


def test_a_written_department_is_the_judged_one() -> None:
    """Judged in 35 by the registry of its day; today's says 75."""
    tables = recompute(TODAY, [kept("CIL-1; 35 ;7;1;1", "CIL-2;;2;1;1")])
    assert tables[region(BRETAGNE)] == figures(7)
    assert tables[region(ILE_DE_FRANCE)] == figures(2)
    assert recompute(TODAY, [kept("CIL-1;1;7;1;1")])[region("82")] == figures(7)
    assert recompute(TODAY, [kept("CIL-1;2a;7;1;1")])[region("94")] == figures(7)


def test_a_region_known_by_todays_registry_alone_is_remarked_and_not_convicted() -> None:
    """CIL-1 writes no département: it may have been judged in Bretagne, in all its measures."""
    _, assumed = recompute_with_assumed(TODAY, [kept("CIL-1;;7;0;1", "CIL-2;75;2;0;0")])
    tables = recompute(TODAY, [kept("CIL-1;;7;0;1", "CIL-2;75;2;0;0")])
    found = differences(tables, shown(recompute(TODAY, [kept("CIL-1;35;7;0;1", "CIL-2;75;2;0;0")])))
    assert {difference.cell.code for difference in found} == {ILE_DE_FRANCE, BRETAGNE}
    assert {difference.cell.measure for difference in found} == {MEASURE, *OTHERS}
    assert told_apart(found, assumed) == ([], found)


def test_a_region_that_is_not_shown_is_convicted() -> None:
    tables, assumed = recompute_with_assumed(TODAY, [kept("CIL-1;;7;0;0", "CIL-2;35;0;0;0")])
    found = differences(tables, shown({cell: row for cell, row in tables.items() if cell.code != BRETAGNE}))
    assert len(found) == 3
    assert told_apart(found, assumed) == (found, [])


def test_figures_that_came_from_nowhere_are_convicted() -> None:
    tables, assumed = recompute_with_assumed(TODAY, [kept("CIL-1;;7;0;0", "CIL-2;75;2;0;0")])
    tampered = {**tables, region(ILE_DE_FRANCE): figures(10)}
    convicted, remarks = told_apart(differences(tables, shown(tampered)), assumed)
    assert [difference.cell for difference in convicted] == [region(ILE_DE_FRANCE)]
    assert remarks == []


def test_more_than_was_without_department_cannot_have_moved() -> None:
    tables, assumed = recompute_with_assumed(TODAY, [kept("CIL-1;;7;0;0", "CIL-2;75;2;0;0")])
    found = differences(tables, shown(moved(tables, 8, ILE_DE_FRANCE, BRETAGNE)))
    assert told_apart(found, assumed) == (found, [])


def test_other_levels_are_always_convicted() -> None:
    tables, assumed = recompute_with_assumed(TODAY, [kept("CIL-1;;7;0;0")])
    cell = region(ILE_DE_FRANCE)._replace(level="platform", code="PF01")
    found = differences(tables, shown({**tables, cell: figures(6)}))
    assert told_apart(found, assumed) == (found, [])


def test_a_member_that_the_registry_no_longer_knows_may_stand_in_any_region() -> None:
    tables, assumed = recompute_with_assumed({"members": []}, [kept("CIL-1;;7;0;0")])
    there = {**tables, region(BRETAGNE): figures(7)}
    convicted, remarks = told_apart(differences(tables, shown(there)), assumed)
    assert (convicted, [remark.cell for remark in remarks]) == ([], [region(BRETAGNE)])
    there[region(BRETAGNE)] = figures(8)
    assert told_apart(differences(tables, shown(there)), assumed)[1] == []
