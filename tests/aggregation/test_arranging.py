"""Searching and ordering a table: no row is lost, doubled or separated from its figures, and totals stay."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.arranging import Arrangement, arranged, with_links, with_rows
from shared.report import Column, Row, Table

COLUMNS = [Column(key="name", label="Nom"), Column(key="figure", label="Chiffre", kind="count")]
names = st.sampled_from(["Étoile", "etoile du Nord", "Brest", "Ouest", "brest sud"])
rows = st.lists(st.tuples(names, st.one_of(st.none(), st.integers(0, 5))), max_size=6)


def table_of(groups: list[list[tuple[str, int | None]]]) -> Table:
    found: list[Row] = []
    for n, group in enumerate(groups):
        found.append(Row(cells=[f"Groupe {n}", None], style="section"))
        found += [Row(cells=cells) for cells in group]
        found.append(Row(cells=["Total", n], style="subtotal"))
    return Table(key="t", title="t", columns=COLUMNS, rows=[*found, Row(cells=["Total national", 9], style="total")])


@given(st.lists(rows, max_size=4), st.sampled_from(["", "name", "figure", "autre"]), st.booleans())
def test_ordering_moves_rows_within_their_group_only(
    groups: list[list[tuple[str, int | None]]], column: str, descending: bool
) -> None:
    table = table_of(groups)
    places = arranged(table, Arrangement("", column, descending))
    assert sorted(places) == list(range(len(table.rows)))
    shown = with_rows(table, places).rows
    assert [row.cells for row in shown if row.style != "normal"] == [
        row.cells for row in table.rows if row.style != "normal"
    ]
    if column == "figure":
        for group in split(shown):
            known = [figure for figure in group if figure is not None]
            assert known == sorted(known, reverse=descending)
            assert group[len(known) :] == [None] * (len(group) - len(known))


def split(shown: Sequence[Row]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for row in shown:
        if row.style == "section":
            found.append([])
        elif row.style == "normal":
            found[-1].append(row.cells[1])
    return found


@given(st.lists(rows, max_size=4), st.sampled_from(["etoile", "ÉTOILE nord", "brest", "absent", ""]))
def test_searching_keeps_what_matches_with_the_totals_of_all(
    groups: list[list[tuple[str, int | None]]], search: str
) -> None:
    table = table_of(groups)
    shown = with_rows(table, arranged(table, Arrangement(search))).rows
    wanted = {
        "etoile": ("étoile", "etoile du nord"),
        "ÉTOILE nord": ("etoile du nord",),
        "brest": ("brest", "brest sud"),
    }
    kept = wanted.get(
        search,
        ()
        if search
        else tuple(name.casefold() for name in ("Étoile", "etoile du Nord", "Brest", "Ouest", "brest sud")),
    )
    found = [str(row.cells[0]).casefold() for row in shown if row.style == "normal"]
    assert found == [name.casefold() for group in groups for name, _ in group if name.casefold() in kept]
    assert shown[-1].cells == ("Total national", 9)


def test_a_link_goes_with_its_row() -> None:
    table = table_of([[("Ouest", 1), ("Brest", 2)]])
    places = arranged(table, Arrangement("", "name"))
    assert with_links({(1, 1): "Ouest", (2, 1): "Brest"}, places) == {(2, 1): "Ouest", (1, 1): "Brest"}
    assert with_links({(1, 1): "Ouest"}, arranged(table, Arrangement("brest"))) == {}
